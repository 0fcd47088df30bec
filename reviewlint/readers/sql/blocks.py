"""DO blocks: a PL/pgSQL block as the statements that it runs, with its loops, branches and variables.

PL/pgSQL is read by its tokens: control words, semicolons and brackets say where a statement begins and ends, and what
stands between goes through PostgreSQL's parser. So positions are exact and a block in newer syntax costs one statement.
What an EXECUTE runs is parsed here as well: where its text depends on values that only the database has, words stand
for them until the replay fills them in.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from ...facts import sql
from ...facts.location import Location
from ...facts.sql import DynamicSql, Statement, Tree
from .lexer import Text, Token, pieces
from .postgres import SyntaxFailure, parse
from .templates import SPLIT, expanded, is_harmless, written
from .trees import Place, query, tree

ReadStatement = Callable[..., Statement]
"""`actions.statement`."""

_MOST_TEXTS = 12
"""How many texts one EXECUTE may run, by the values that its variables may have."""

_STATIC = frozenset(
    {"create", "alter", "drop", "grant", "revoke", "comment", "insert", "update", "delete", "truncate", "set", "reset"}
)
_ENDS_EXECUTE = frozenset({"into", "using"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a block says: its statements, and the EXECUTEs whose text is not known."""

    statements: tuple[Statement, ...]
    dynamic: tuple[DynamicSql, ...]


def block(
    text: str,
    inside: tuple[Token, ...],
    place: Place,
    start: int | None,
    at: Location,
    *,
    read: ReadStatement,
    runs: bool,
) -> Reading:
    """Read a PL/pgSQL body. `inside` are its tokens; `start` is where it stands, None where that is unknown.

    `runs` for DO blocks; of a function's body only the EXECUTEs are asked for, whose statements depend on its caller.
    """
    reader = _Reader(text, inside, place, start, at, read, runs)
    return Reading(tuple(reader.all()), tuple(reader.dynamic))


@dataclass(slots=True)
class _Reader:
    text: str
    tokens: tuple[Token, ...]
    place: Place
    start: int | None
    whole: Location
    read: ReadStatement
    runs: bool
    index: int = 0
    depth: int = 0
    dynamic: list[DynamicSql] = field(default_factory=list)
    variables: dict[str, tuple[Tree, ...]] = field(default_factory=dict)
    harmless: set[str] = field(default_factory=set)

    # Tokens

    def word(self, ahead: int = 0) -> str:
        place = self.index + ahead
        return self.tokens[place].lower if place < len(self.tokens) else ""

    def until(self, *ends: str) -> tuple[Token, ...]:
        """The tokens up to one of the words outside of brackets and CASE expressions, which is passed over."""
        begin, brackets, cases = self.index, 0, 0
        while self.index < len(self.tokens):
            token = self.tokens[self.index]
            word = token.lower if token.kind == "word" else token.text if token.kind == "sign" else ""
            if word == ";" or (word in ends and not brackets and not cases):
                break
            brackets += (word in {"(", "["}) - (word in {")", "]"})
            cases += (word == "case") - (word == "end" and cases > 0)
            self.index += 1
        found = self.tokens[begin : self.index]
        if self.index < len(self.tokens) and (self.word() in ends or ";" in ends):
            self.index += 1
        return found

    def location(self, first: Token, last: Token) -> Location:
        if self.start is None:
            return self.whole
        return self.place.text.at(self.start + first.start, self.start + last.end)

    def source(self, part: tuple[Token, ...]) -> str:
        return self.text[part[0].start : part[-1].end] if part else ""

    # Statements

    def all(self) -> list[Statement]:
        """Everything, also behind the end of a block that closes too early."""
        made: list[Statement] = []
        while self.index < len(self.tokens):
            before = self.index
            made += self.statements()
            if self.index == before:
                self.index += 1
        return made

    def statements(self, *ends: str) -> list[Statement]:
        """Statements up to END, or one of the words that end a part of a block."""
        made: list[Statement] = []
        while self.index < len(self.tokens):
            word = self.word()
            if word == "end" or word in ends:
                break
            made += self.statement()
        return made

    def inner(self, *ends: str) -> list[Statement]:
        """Statements that only some runs reach."""
        self.depth += 1
        made = self.statements(*ends)
        self.depth -= 1
        return made

    def statement(self) -> Iterator[Statement]:
        first, word = self.tokens[self.index], self.word()
        if first.text in {";", "<<"}:
            self.index += 1 if first.text == ";" else 3
            return
        if first.kind in {"word", "name"} and self.word(1) in {":=", "=", "["}:
            yield from self.assignment(first)
        elif word in {"declare", "begin"}:
            yield from self.compound(first)
        elif word == "if":
            yield self.choice(first)
        elif word == "case":
            yield self.cases(first)
        elif word in {"for", "foreach", "while", "loop"}:
            yield self.loop(first)
        elif word == "return" and [self.word(1), self.word(2)] == ["query", "execute"]:
            self.index += 2
            yield from self.execute()
        elif word in {"exit", "continue", "return"} or (word == "raise" and self.raises()):
            yield self.leave(first)
        elif word == "execute":
            yield from self.execute()
        elif word in {"select", "with"}:
            yield from self.select(first)
        elif word in _STATIC:
            yield from self.static()
        else:
            self.until(";")

    def made(self, first: Token, action: sql.Action, words: str) -> Statement:
        last = self.tokens[max(min(self.index, len(self.tokens)) - 1, 0)]
        return Statement(self.location(first, last), words, action, conditional=self.depth > 0)

    def compound(self, first: Token) -> Iterator[Statement]:
        """`[declare …] begin … [exception …] end`."""
        if self.word() == "declare":
            self.index += 1
            while self.index < len(self.tokens) and self.word() != "begin":
                yield from self.declaration()
        self.index += 1
        inside = self.statements("exception")
        handlers: list[tuple[Statement, ...]] = []
        if self.word() == "exception":
            self.index += 1
            while self.word() == "when":
                self.until("then")
                handlers.append(tuple(self.inner("when")))
        self.until(";")
        if handlers:
            yield self.made(first, sql.Block(tuple(inside), tuple(handlers)), "begin")
        else:
            yield from inside

    def declaration(self) -> Iterator[Statement]:
        part = self.until(";")
        if not part:
            self.index += 1
            return
        name = part[0].lower
        if len(part) > 1 and part[1].kind == "word" and is_harmless(part[1].text):
            self.harmless.add(name)
        for index, token in enumerate(part):
            if token.text in {":=", "="} or token.lower == "default":
                yield from self.assigned(part[0], part[index + 1 :])
                return

    def assignment(self, first: Token) -> Iterator[Statement]:
        part = self.until(";")
        index = next((place for place, token in enumerate(part) if token.text in {":=", "="}), None)
        if index == 1:
            yield from self.assigned(first, part[2:])
        elif index is not None:
            self.variables.pop(first.lower, None)
            yield self.made(first, sql.Assign(first.lower), "assign")

    def assigned(self, first: Token, value: tuple[Token, ...]) -> Iterator[Statement]:
        name = first.lower
        found = self.expression(value)
        if found is None:
            self.variables.pop(name, None)
        else:
            value_now = expanded(found, self.known())
            made_of_others = any(isinstance(node, sql.ColumnRef) for node in sql.walk(value_now))
            if name in self.harmless and made_of_others:  # whatever it is made of, it is a number now
                self.variables.pop(name, None)
            else:
                self.variables[name] = (value_now,)
        yield self.made(first, sql.Assign(name, found), "assign")

    def known(self) -> Mapping[str, Tree]:
        """The variables that can have one value only."""
        return {name: values[0] for name, values in self.variables.items() if len(values) == 1}

    # Branches and loops

    def choice(self, first: Token) -> Statement:
        """`if … then … elsif … else … end if`."""
        branches: list[tuple[Tree | None, tuple[Statement, ...]]] = []
        before, after = dict(self.variables), []
        unread: Tree = sql.ColumnRef(self.whole, ("?",))
        while self.word() in {"if", "elsif", "elseif"}:
            self.index += 1
            condition = self.expression(self.until("then"))
            self.variables = dict(before)
            branches.append((condition or unread, tuple(self.inner("elsif", "elseif", "else"))))
            after.append(self.variables)
        self.variables = dict(before)
        if self.word() == "else":
            self.index += 1
            branches.append((None, tuple(self.inner())))
        after.append(self.variables)
        self.until(";")
        self.variables = _merged(after)
        return self.made(first, sql.Choose(tuple(branches)), "if")

    def cases(self, first: Token) -> Statement:
        """`case [x] when … then … else … end case`; the branches of CASE on a value are taken as IFs on equality."""
        self.index += 1
        subject = self.expression(self.until("when")) if self.word() != "when" else None
        if self.word() == "when":
            self.index += 1
        branches: list[tuple[Tree | None, tuple[Statement, ...]]] = []
        before, after = dict(self.variables), []
        while self.index < len(self.tokens) and self.word() not in {"end", "else"}:
            condition = self.expression(self.until("then"))
            if subject is not None and condition is not None:
                condition = sql.Operation(condition.at, "=", (subject, condition))
            self.variables = dict(before)
            branches.append((condition, tuple(self.inner("when", "else"))))
            after.append(self.variables)
            if self.word() == "when":
                self.index += 1
        self.variables = dict(before)
        if self.word() == "else":
            self.index += 1
            branches.append((None, tuple(self.inner())))
        after.append(self.variables)
        self.until(";")
        self.variables = _merged(after)
        return self.made(first, sql.Choose(tuple(branches)), "case")

    def loop(self, first: Token) -> Statement:
        """Any loop. What it assigns has no known value in it."""
        word = self.word()
        self.index += 1
        head = self.until("loop") if word != "loop" else ()
        names: tuple[str, ...] = ()
        source: Tree | None = None
        if word in {"for", "foreach"}:
            place = next((index for index, token in enumerate(head) if token.lower == "in"), len(head))
            names = tuple(token.lower for token in head[:place] if token.kind in {"word", "name"})
            names = names[: names.index("slice")] if "slice" in names else names
            source = self.loop_source(head[place + 1 :])
            if place + 1 < len(head) and head[place + 1].lower == "execute":
                self.executed_as(head[place + 1], head[place + 2 :])
        for name in (*names, *self.assigned_later()):
            self.variables.pop(name, None)
        inside = tuple(self.inner())
        for name in _assigned_in(inside):
            self.variables.pop(name, None)
        self.until(";")
        return self.made(first, sql.ForEach(names, source, inside), "for each")

    def loop_source(self, part: tuple[Token, ...]) -> Tree | None:
        """What a loop runs over: a query, a range, or an array."""
        if not part or part[0].lower in {"execute", "reverse"}:
            return None
        if part[0].lower == "array":
            return self.expression(part[1:] if len(part) > 1 and part[1].text != "[" else part)
        dots = next((index for index, token in enumerate(part) if token.text == ".."), None)
        if dots is not None:
            low, high = self.expression(part[:dots]), self.expression(part[dots + 1 :])
            return sql.Operation(low.at, "range", (low, high)) if low and high else None
        return self.query(part)

    def assigned_later(self) -> set[str]:
        """The variables that the loop which begins here assigns to, by their tokens."""
        depth, found = 1, set()
        for index in range(self.index, len(self.tokens) - 1):
            word, after = self.tokens[index].lower, self.tokens[index + 1].lower
            if word == "loop" and self.tokens[index - 1].lower != "end":
                depth += 1
            elif word == "end" and after == "loop":
                depth -= 1
                if not depth:
                    break
            elif after == ":=":
                found.add(word)
            elif word == "into" and self.tokens[index - 1].lower != "insert":
                found.add(after if after != "strict" else self.tokens[min(index + 2, len(self.tokens) - 1)].lower)
        return found

    def raises(self) -> bool:
        """Whether a RAISE ends the block: it does unless it says another level."""
        return self.word(1) not in {"notice", "warning", "info", "log", "debug"}

    def leave(self, first: Token) -> Statement:
        what = self.word()
        part = self.until(";")
        condition = None
        when = next((index for index, token in enumerate(part) if token.lower == "when"), None)
        if when is not None and what in {"exit", "continue"}:
            condition = self.expression(part[when + 1 :]) or sql.ColumnRef(self.whole, ("?",))
        return self.made(first, sql.Leave(what, condition), what)

    # SQL

    def static(self) -> Iterator[Statement]:
        part = self.until(";")
        if not self.runs:
            return
        source = self.source(part)
        whole = self.whole if self.start is None else None
        try:
            yield self.read(
                self.place.text, (self.start or 0) + part[0].start, source, whole, conditional=self.depth > 0
            )
        except SyntaxFailure:
            return

    def select(self, first: Token) -> Iterator[Statement]:
        """A query of its own; with INTO it gives variables their values."""
        part = self.until(";")
        brackets = 0
        into = None
        for index, token in enumerate(part):
            brackets += (token.text == "(") - (token.text == ")")
            if token.lower == "into" and token.kind == "word" and not brackets:
                into = index
                break
        if into is None:
            yield from self.performed(first, self.query(part))
            return
        names, stop = _names(part, into + 1)
        for name in names:
            self.variables.pop(name, None)
        found = self.query(part[:into], part[stop:])
        yield self.made(first, sql.Bind(names, found), "select into")

    def performed(self, first: Token, found: sql.Query | None) -> Iterator[Statement]:
        if found is not None:
            yield self.made(first, sql.Select(found), "select")

    def execute(self) -> Iterator[Statement]:
        """An EXECUTE: what it runs, and the variables that take its result."""
        first = self.tokens[self.index]
        self.index += 1
        part = self.until(";")
        yield from self.executed_as(first, part)
        into = next((index for index, token in enumerate(part) if token.lower == "into"), None)
        if into is not None:
            names, _ = _names(part, into + 1)
            for name in names:
                self.variables.pop(name, None)
            yield self.made(first, sql.Bind(names), "execute into")

    def executed_as(self, first: Token, part: tuple[Token, ...]) -> list[Statement]:
        """What an EXECUTE runs where that is known, else a `DynamicSql`."""
        end = next((place for place, token in enumerate(part) if token.lower in _ENDS_EXECUTE), len(part))
        argument, rest = part[:end], part[end:]
        value = self.expression(argument)
        if value is None:
            return []
        at = self.location(first, argument[-1])
        texts = list(self.texts(value))
        branches = [(condition, self.executed(text, at)) for condition, text in texts]
        known = [(condition, inside) for condition, inside in branches if inside is not None]
        if len(known) < len(branches):
            using = any(token.lower == "using" for token in rest)
            opened = [name for _, text in texts for name in written(text, frozenset(self.harmless)).open]
            shown = " ".join(self.source(argument).split())
            self.dynamic.append(DynamicSql(at, shown, tuple(dict.fromkeys(opened)), using))
            return [self.made(first, sql.Execute((), ()), "execute")]
        if len(known) == 1:
            return list(known[0][1])
        return [self.made(first, sql.Choose(tuple(known)), "execute")]

    def texts(self, value: Tree) -> Iterator[tuple[Tree | None, Tree]]:
        """The expressions that an EXECUTE may run, each with the condition under which it does."""
        used = {node.name for node in sql.walk(expanded(value, self.known())) if isinstance(node, sql.ColumnRef)}
        open_ = {name: values for name, values in self.variables.items() if len(values) > 1 and name in used}
        count = 1
        for values in open_.values():
            count *= len(values)
        if not open_ or count > _MOST_TEXTS:
            yield None, expanded(value, self.known())
            return
        for combination in product(*open_.values()):
            chosen = dict(zip(open_, combination, strict=True))
            equal = [
                sql.Operation(value.at, "=", (sql.ColumnRef(value.at, (name,)), one)) for name, one in chosen.items()
            ]
            yield sql.Operation(value.at, "and", tuple(equal)), expanded(value, {**self.known(), **chosen})

    def executed(self, text: Tree, at: Location) -> tuple[Statement, ...] | None:
        """The statements of a text, None where they cannot be told."""
        if not self.runs:
            return None
        made = written(text, frozenset(self.harmless))
        inside: list[Statement] = []
        for piece in pieces(made.text):
            found = self.parsed(made.text[piece.start : piece.end], at)
            if found is None:
                return None
            inside.append(found)
        if not made.holes or not inside:
            return tuple(inside)
        execute = sql.Execute(tuple(inside), made.holes)
        return (Statement(at, inside[0].words, execute, conditional=self.depth > 0),)

    def parsed(self, source: str, at: Location) -> Statement | None:
        """One statement of a text that is executed; a value may stand for the command of a policy."""
        try:
            return self.read(self.place.text, 0, source, at, conditional=self.depth > 0)
        except SyntaxFailure:
            command = _COMMAND.search(source)
            if command is None:
                return None
        source = f"{source[: command.start(1)]}all{source[command.end(1) :]}"
        try:
            found = self.read(self.place.text, 0, source, at, conditional=self.depth > 0)
        except SyntaxFailure:
            return None
        if not isinstance(found.action, sql.CreatePolicy):
            return None
        return replace(found, action=found.action._replace(command=command[1]))

    # Expressions

    def expression(self, part: tuple[Token, ...]) -> Tree | None:
        """The expression that tokens are, None where they are none."""
        if not part:
            return None
        source = "select " + self.source(part)
        try:
            node = parse(source)
            target = node["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
            if len(node["SelectStmt"]) > _FIELDS_OF_A_SELECT:
                return query(node["SelectStmt"], Place(Text("", source), 0, source, self.whole), "scalar")
            return tree(target, Place(Text("", source), 0, source, self.whole))
        except (SyntaxFailure, KeyError, IndexError):
            return None

    def query(self, part: tuple[Token, ...], rest: tuple[Token, ...] = ()) -> sql.Query | None:
        source = " ".join((self.source(part), self.source(rest)))
        try:
            return query(parse(source)["SelectStmt"], Place(Text("", source), 0, source, self.whole))
        except (SyntaxFailure, KeyError):
            return None


_COMMAND = re.compile(rf"\bfor\s+({SPLIT}\w+)", re.IGNORECASE)
_FIELDS_OF_A_SELECT = 3
"""Those of a SELECT that has nothing but a select list."""


def _names(part: tuple[Token, ...], index: int) -> tuple[tuple[str, ...], int]:
    """The variables of an INTO, and where they end."""
    if index < len(part) and part[index].lower == "strict":
        index += 1
    names: list[str] = []
    while index < len(part) and part[index].kind in {"word", "name"}:
        names.append(part[index].lower)
        index += 1
        if index >= len(part) or part[index].text != ",":
            break
        index += 1
    return tuple(names), index


def _merged(branches: list[dict[str, tuple[Tree, ...]]]) -> dict[str, tuple[Tree, ...]]:
    """What variables may hold behind a choice: what they hold behind any of its branches."""
    names = set.intersection(*(set(one) for one in branches)) if branches else set()
    merged = {name: tuple(dict.fromkeys(value for one in branches for value in one[name])) for name in names}
    return {name: values for name, values in merged.items() if len(values) <= _MOST_TEXTS}


def _assigned_in(statements: tuple[Statement, ...]) -> Iterator[str]:
    """The variables that statements assign to."""
    for statement in statements:
        match statement.action:
            case sql.Assign(variable=name):
                yield name
            case sql.Bind(variables=names):
                yield from names
            case sql.ForEach(variables=names, statements=inside):
                yield from names
                yield from _assigned_in(inside)
            case sql.Choose(branches=branches):
                for _, inside in branches:
                    yield from _assigned_in(inside)
            case sql.Block(statements=inside, handlers=handlers):
                for some in (inside, *handlers):
                    yield from _assigned_in(some)
            case _:
                pass
