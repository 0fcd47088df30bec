"""TypeScript and JavaScript, read with tree-sitter: one parse and one query a file, then only what a reader asked for.

**Adding a framework is adding one module to this folder.** `module.read` finds the readers by walking the folder; a
module is a reader if it defines at least one of the hooks below. Everything is optional, and the same as for Python:

`TRIGGERS: tuple[bytes, ...]`
    The reader is used for a file only if one of these occurs in its bytes. Without it the reader is used for every
    file. Use the words without which nothing of the framework can stand in a file (`b"NextResponse"`, `b".query"`).

`CALLS: frozenset[str]` and `def call(node, module) -> Iterator[FileFact]`
    `call` gets each call, `new` and tagged template whose callee's last name is in `CALLS` (`query` for
    `this.db.query(…)`, `Pool` for `new pg.Pool(…)`, `sql` for sql`…`).

`DECORATORS: frozenset[str]` and `def decorated(node, definition, module) -> Iterator[FileFact]`
    `decorated` gets each `decorator` node whose last name is in `DECORATORS` (`Get` for `@Get(":id")`), with the
    class or method under it.

`def function(scope, module)`, `def klass(scope, module)`
    Gets each function, each class, as a `Scope` (its `node`, qualified `name`, …).

`def catch(node, module)`
    Gets each `catch_clause`.

`def file(module)`
    Called once a file, for whatever the hooks do not offer. May run a query of its own (`syntax.captures`).

All nodes are tree-sitter nodes of the official TypeScript and TSX grammars. `Module` (module.py) is what a reader may
ask: `module.value(node)`, `module.dotted(node)`, `module.location(node)`, `module.text(node)`,
`module.enclosing(node)`, `module.catch_of(node)`, `module.arguments(call)`, `module.has_import(…)`,
`module.once(function)` for what is worked out once a file. Hooks yield facts in any order.

Modules without hooks help the readers: `routing` (whose router, which path, which handler), `queries` (is it SQL, how
are values bound), `origins` (what made an object), `helpers` (responses that the project's own functions build),
`statuses`, `packages` (a name whatever way of importing was chosen), `instances` (calls by the class of the receiver).

Names are made as follows.

- An imported name is its specifier as written and its exported name: `./errors.apiError`, `pg.Pool`,
  `express.default` for a default import. A namespace import (and `require`) is the specifier itself.
- A call inside a name is written `()`: `supabase.from().select`, `(await cookies()).get` is `cookies().get`.
- Functions are qualified inside the file: `Orders.create`, `handlers.list`, `outer.inner`, `default` for an anonymous
  default export. A callback belongs to the function that it is written in, unless it is handed to something that
  keeps it (`app.get`, `Deno.serve`) or stands at module level: such a function is called after the call and its line,
  `app.get@12`.
- A parameter that is destructured has no name of its own: it is called by its position in braces, `{0}`.
- A number that is computed is a `Call` of `Number` with the operands as arguments: whatever they are, the result is a
  number. This holds for `i + 1`, `-x`, `i++`, `x.length`, `(_, i) => i` in `map` and their kin.
- What `map` gives is an open `Items` with one item: what its callback returns.
"""
