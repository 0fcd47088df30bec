"""Python, read with tree-sitter: one parse and one query a file, then only what a reader asked for.

**Adding a framework is adding one module to this folder.** `module.read` finds the readers by walking the folder; a
module is a reader if it defines at least one of the hooks below. Everything is optional:

`TRIGGERS: tuple[bytes, ...]`
    The reader is used for a file only if one of these occurs in its bytes. Without it the reader is used for every
    file. Use the words without which nothing of the framework can stand in a file (`b"fastapi"`, `b".execute"`).

`CALLS: frozenset[str]` and `def call(node, module) -> Iterator[FileFact]`
    `call` gets each call whose callee's last name is in `CALLS` (`execute` for `self.db.execute(…)`).

`DECORATORS: frozenset[str]` and `def decorated(node, definition, module) -> Iterator[FileFact]`
    `decorated` gets each `decorator` node whose last name is in `DECORATORS` (`get` for `@router.get("/")`), with the
    `function_definition` or `class_definition` under it.

`def function(scope, module)`, `def klass(scope, module)`
    Gets each function, each class, as a `Scope` (its `node`, qualified `name`, …).

`def catch(node, module)`
    Gets each `except_clause`.

`def file(module)`
    Called once a file, for whatever the hooks do not offer. May run a query of its own (`syntax.query`).

All nodes are tree-sitter nodes of the official Python grammar. Hooks yield facts in any order; `Scope` (scopes.py) is a
module, class or function. What a reader may ask `Module` (module.py):

- `value(node)`: what an expression can be; `may_be_text(node)`: whether it can be text at all, by its form, cheaply;
- `dotted(node)`, `callee(call)`: names resolved through the file's imports; `has_import(…)`;
- `arguments(call)`, `keywords(call)`, `returns(scope)`, `assigned(name, scope)`, `given_by(callee)`;
- `location(node)`, `text(node)`, `one_line(node)`, `scope(node)`, `enclosing(node)`, `catch_of(node)`;
- `called[b"name"]`, `calls_in(scope)`, `captured(kind, scope)`, `seen[kind]`: what the one screen over the file caught
  (calls, returns, raises, assignments, comparisons, …), so that readers seldom need a query of their own;
- `mentions(b"…")`: whether bytes occur in the file.
"""
