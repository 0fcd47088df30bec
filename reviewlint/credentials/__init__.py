"""What a credential looks like: providers' formats, names that hold secrets, values that are only placeholders.

Knows text alone, no parser and no fact; readers find secrets with it, rules judge names with it, and everything that
is printed is redacted with it.
"""
