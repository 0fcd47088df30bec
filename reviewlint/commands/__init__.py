"""The commands, one a module, each called `command`. Modules that begin with an underscore help them."""
