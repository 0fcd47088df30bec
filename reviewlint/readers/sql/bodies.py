"""Bodies of functions and DO blocks: the statements in them, the text they execute, what they call and touch.

PL/pgSQL is read by its tokens: control words, semicolons and brackets say where a statement begins and ends, and the
statements themselves go through PostgreSQL's parser. So positions are exact and a body in newer syntax costs nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ...facts import sql
from ...facts.location import Location
from ...facts.sql import Body, DynamicSql, ForEach, Name, Statement, Tree
from .lexer import Text, Token, pieces, tokens
from .postgres import SyntaxFailure, parse
from .templates import Holes, Scope, Template, is_harmless, written
from .trees import Place, query, tree

ReadStatement = Callable[..., Statement]
"""`actions.statement`."""

_OPENERS = frozenset({"then", "else", "loop", "begin", "declare"})
_CONTROL = frozenset({"if", "for", "foreach", "while", "loop", "case"})
_DDL = frozenset(
    {"create", "alter", "drop", "grant", "revoke", "comment", "insert", "update", "delete", "truncate", "set", "reset"}
)
_NO_ASSIGNMENT = _CONTROL | {
    "elsif",
    "elseif",
    "when",
    "perform",
    "return",
    "raise",
    "select",
    "with",
    "execute",
    "end",
}
_RELATION_WORDS = frozenset({"from", "join", "into", "update", "table"})
_ENDS_EXECUTE = frozenset({"into", "using", "loop"})


@dataclass(frozen=True, slots=True)
class _Part:
    """One PL/pgSQL statement: its tokens, and whether an IF, a loop or a handler stands around it."""

    tokens: tuple[Token, ...]
    conditional: bool


def body(text: str, language: str, place: Place, position: int, read: ReadStatement, *, runs: bool = False) -> Body:
    """A body whose text was found quoted behind `position` of the statement's source.

    `runs` for DO blocks: their statements are read whole, those of a function are only looked through.
    """
    start, at = _inside(text, place, position)
    inside = tuple(tokens(text))
    calls, relations = _touched(inside)
    if language != "plpgsql" or not (runs or any(token.lower == "execute" for token in inside)):
        return Body(at, text, calls=calls, relations=relations)
    reader = _Reader(text, place, start, at, read=read, runs=runs)
    reader.read_all(inside)
    return Body(at, text, tuple(reader.levels[0].statements), tuple(reader.dynamic), calls, relations)


@dataclass(slots=True)
class _Level:
    """The statements of the block, or of one loop or IF (`choice`) of it while that is read."""

    statements: list[Statement] = field(default_factory=list)
    variable: str = ""
    values: tuple[str, ...] = ()
    query: sql.Query | None = None
    holes: Holes = field(default_factory=Holes)
    at: Location | None = None
    known: bool = True
    choice: bool = False
    condition: Tree | None = None
    branches: list[tuple[Tree | None, tuple[Statement, ...]]] = field(default_factory=list)


class _Reader:
    """Reads one PL/pgSQL body, part by part, with what its variables are known to hold."""

    def __init__(
        self, text: str, place: Place, start: int | None, at: Location, *, read: ReadStatement, runs: bool
    ) -> None:
        self.text, self.place, self.start, self.at, self.runs = text, place, start, at, runs
        self.read_statement = read
        self.levels = [_Level()]
        self.dynamic: list[DynamicSql] = []
        self.variables: dict[str, Template] = {}
        self.arrays: dict[str, tuple[str, ...]] = {}
        self.harmless: set[str] = set()

    def read_all(self, inside: tuple[Token, ...]) -> None:
        """Read every part of the body."""
        for part in _parts(inside):
            first = part.tokens[0].lower
            words = [token.lower for token in part.tokens[:2]]
            if first in {"for", "foreach"}:
                self._open(part)
            elif first in {"while", "loop"}:
                self.levels.append(_Level(known=False))
            elif words == ["end", "loop"]:
                self._close()
            elif first in {"if", "case", "elsif", "elseif", "else"} or words in (["end", "if"], ["end", "case"]):
                self._branch(part, first)
            elif self.runs and first == "return" and len(part.tokens) == 1:
                at = self._location(part.tokens[0], part.tokens[0])
                self.levels[-1].statements.append(Statement(at, "return", sql.Leave()))
            elif self.runs and first in _DDL:
                self._static(part)
            else:
                self._assign(part)
                self._execute(part)
        while len(self.levels) > 1:
            self._close()

    # Statements

    def _location(self, first: Token, last: Token) -> Location:
        if self.start is None:
            return self.at
        return self.place.text.at(self.start + first.start, self.start + last.end)

    def _static(self, part: _Part) -> None:
        first, last = part.tokens[0], part.tokens[-1]
        source = self.text[first.start : last.end]
        whole = self.at if self.start is None else None
        try:
            made = self.read_statement(
                self.place.text, (self.start or 0) + first.start, source, whole, conditional=part.conditional
            )
        except SyntaxFailure:
            return
        self.levels[-1].statements.append(made)

    def _branch(self, part: _Part, first: str) -> None:
        """An IF or CASE begins, goes on with another branch, or ends."""
        level = self.levels[-1]
        condition = self._expression(part.tokens[1:]) if first in {"if", "elsif", "elseif"} else None
        words = _with_words(condition, self._scope().holes) if condition is not None else None
        if first in {"if", "case"}:
            at = self._location(part.tokens[0], part.tokens[-1])
            self.levels.append(_Level(at=at, choice=True, condition=words))
        elif level.choice:
            level.branches.append((level.condition, tuple(level.statements)))
            level.statements, level.condition = [], words
            if first == "end":
                self.levels.pop()
                if any(statements for _, statements in level.branches):
                    choice = sql.Choose(tuple(level.branches))
                    made = Statement(level.at or self.at, "if", choice, conditional=True)
                    self.levels[-1].statements.append(made)

    def _assign(self, part: _Part) -> None:
        """Keep what a declaration or assignment says about a variable."""
        if part.tokens[0].lower in _NO_ASSIGNMENT:
            return
        if len(part.tokens) > 1 and part.tokens[1].kind == "word" and is_harmless(part.tokens[1].text):
            self.harmless.add(part.tokens[0].lower)
        for index, token in enumerate(part.tokens[:8]):
            if token.text in {":=", "="} or (token.lower == "default" and index):
                name = part.tokens[0].lower
                value = self._expression(part.tokens[index + 1 :])
                before = self.variables.get(name)
                self.arrays.pop(name, None)
                if value is None:
                    return
                items = _items(value, self.arrays)
                if items is not None:
                    self.arrays[name] = items
                    return
                made = written(value, self._scope())
                if part.conditional and before is not None:
                    made = Template(made.text, tuple(dict.fromkeys((*before.open, *made.open))), known=False)
                self.variables[name] = made
                return

    def _execute(self, part: _Part) -> None:
        """An EXECUTE: its statements where the text is known, else a `DynamicSql`."""
        index = next((place for place, token in enumerate(part.tokens) if token.lower == "execute"), None)
        if index is None or part.tokens[0].lower in _DDL:
            return
        argument = part.tokens[index + 1 :]
        end = next((place for place, token in enumerate(argument) if token.lower in _ENDS_EXECUTE), len(argument))
        using = any(token.lower == "using" for token in argument[end:])
        argument = argument[:end]
        if not argument:
            return
        at = self._location(part.tokens[index], argument[-1])
        value = self._expression(argument)
        if value is None:
            return
        text = written(value, self._scope())
        if not self.runs or not text.known or not all(level.known for level in self.levels):
            shown = " ".join(self.text[argument[0].start : argument[-1].end].split())
            self.dynamic.append(DynamicSql(at, shown, text.open, using))
            return
        for piece in pieces(text.text):
            source = text.text[piece.start : piece.end]
            try:
                made = self.read_statement(self.place.text, 0, source, at, conditional=part.conditional)
            except SyntaxFailure:
                continue
            self.levels[-1].statements.append(made)

    # Loops

    def _open(self, part: _Part) -> None:
        """The head of a FOR or FOREACH loop."""
        level = _Level(known=False, at=self._location(part.tokens[0], part.tokens[-1]))
        self.levels.append(level)
        words = [token.lower for token in part.tokens]
        if "in" not in words:
            return
        level.variable = words[1]
        source = part.tokens[words.index("in") + 1 :]
        if len(source) > 2 and source[0].text == "(" and source[-1].text == ")":
            source = source[1:-1]
        if source and source[0].lower == "array":
            value = self._expression(source[1:] if words[0] == "foreach" else source)
            items = _items(value, self.arrays) if value is not None else None
            if items is not None:
                level.values, level.known = items, True
        elif source and source[0].lower in {"select", "with"}:
            found = self._query(source)
            items = _unnested(found, self.arrays) if found else None
            if items is not None:
                level.values, level.known = items, True
            elif found:
                level.query, level.known = found, True
        level.holes.variable = level.variable

    def _close(self) -> None:
        """The end of a loop: what it executes becomes one statement of the level around it."""
        while len(self.levels) > 1 and self.levels[-1].choice:
            lost = self.levels.pop()  # an IF that nobody ended
            self.levels[-1].statements += [one for _, inside in lost.branches for one in inside] + lost.statements
        if len(self.levels) < 2:
            return
        level = self.levels.pop()
        if not level.statements:
            return
        if not level.known:
            self.levels[-1].statements.extend(level.statements)
            return
        loop = ForEach(level.variable, level.values, level.query, tuple(level.holes.named), tuple(level.statements))
        self.levels[-1].statements.append(Statement(level.at or self.at, "for each", loop, conditional=True))

    def _scope(self) -> Scope:
        holes = [level.holes for level in self.levels[1:] if level.variable]
        return Scope(self.variables, holes, frozenset(self.harmless))

    # Expressions

    def _expression(self, part: tuple[Token, ...]) -> Tree | None:
        """The expression that tokens are, None where they are none."""
        if not part:
            return None
        source = "select " + self.text[part[0].start : part[-1].end]
        try:
            node = parse(source)
            target = node["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
            return tree(target, Place(Text("", source), 0, source, self.at))
        except (SyntaxFailure, KeyError, IndexError):
            return None

    def _query(self, part: tuple[Token, ...]) -> sql.Query | None:
        source = self.text[part[0].start : part[-1].end]
        try:
            return query(parse(source)["SelectStmt"], Place(Text("", source), 0, source, self.at))
        except (SyntaxFailure, KeyError):
            return None


def _with_words(tree: Tree, holes: Sequence[Holes]) -> Tree:
    """An expression in which every loop's variable is the word that stands for its value."""
    match tree:
        case sql.ColumnRef(parts=parts):
            for one in reversed(holes):
                if parts[0] == one.variable and len(parts) < 3:
                    return sql.Literal(tree.at, one.word(parts[1] if len(parts) > 1 else ""))
            return tree
        case sql.Operation():
            return replace(tree, operands=tuple(_with_words(one, holes) for one in tree.operands))
        case sql.Invocation():
            return replace(tree, arguments=tuple(_with_words(one, holes) for one in tree.arguments))
        case sql.Cast():
            return replace(tree, operand=_with_words(tree.operand, holes))
        case sql.Query():
            return replace(tree, conditions=tuple(_with_words(one, holes) for one in tree.conditions))
        case _:
            return tree


def _items(value: Tree, arrays: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The texts in a constant array, None for anything else."""
    match value:
        case sql.Cast(operand=operand, type=type_):
            if isinstance(operand, sql.Literal) and type_.endswith("[]") and isinstance(operand.value, str):
                return tuple(part.strip().strip('"') for part in operand.value.strip("{}").split(",") if part.strip())
            return _items(operand, arrays)
        case sql.Operation(operator="array", operands=operands):
            texts = [one.operand if isinstance(one, sql.Cast) else one for one in operands]
            values = [one.value for one in texts if isinstance(one, sql.Literal) and isinstance(one.value, str)]
            return tuple(values) if len(values) == len(operands) else None
        case sql.ColumnRef(parts=(name,)):
            return arrays.get(name)
        case _:
            return None


def _unnested(found: sql.Query, arrays: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The values of `select unnest(array[…])`, also in FROM."""
    if found.relations or found.conditions or found.parts:
        return None
    for one in (*found.outputs, *(node for other in found.others for node in sql.walk(other))):
        if isinstance(one, sql.Invocation) and one.function.name == "unnest" and one.arguments:
            return _items(one.arguments[0], arrays)
    return None


def _inside(text: str, place: Place, position: int) -> tuple[int | None, Location]:
    """Where a body's text begins in the file (None where its quotes are doubled), and its location."""
    for token in tokens(place.source, position):
        if token.kind in {"dollar", "string"}:
            offset = token.text.index("$", 1) + 1 if token.kind == "dollar" else token.text.index("'") + 1
            start = token.start + offset
            if place.whole is None and place.source.startswith(text, start):
                return place.start + start, place.span(start, start + len(text))
            return None, place.span(token.start, token.end)
    return None, place.span(0, len(place.source))


def _parts(inside: tuple[Token, ...]) -> Iterator[_Part]:
    """The statements of a PL/pgSQL body."""
    part: list[Token] = []
    depth = brackets = 0
    for token in inside:
        word = token.lower if token.kind == "word" else token.text
        if word == "(":
            brackets += 1
        elif word == ")":
            brackets -= 1
        if word == ";" and not brackets:
            if part:
                yield _Part(tuple(part), depth > 0)
            if part and part[0].lower == "end" and len(part) > 1 and part[1].lower in {"if", "loop", "case"}:
                depth -= 1
            part = []
        elif token.kind == "word" and word in _OPENERS and not brackets and _opens(word, part):
            if word == "loop" and not part:
                part = [token]
            if part and part[0].lower in _CONTROL:
                depth += 1
                yield _Part(tuple(part), depth > 1)
            elif word == "else" or (part and part[0].lower in {"elsif", "elseif"}):
                yield _Part(tuple(part) or (token,), depth > 0)
            part = []
        else:
            part.append(token)
    if part:
        yield _Part(tuple(part), depth > 0)


def _opens(word: str, part: list[Token]) -> bool:
    """Whether a control word ends the statement so far: not in `end loop`, CASE expressions, or an SQL statement."""
    if not part:
        return True
    first = part[0].lower
    if first == "end":
        return False
    if word in {"then", "else"}:
        return first in {"if", "elsif", "elseif", "when", "case", "exception"} and not _open_case(part)
    if word == "loop":
        return first in {"for", "foreach", "while"} or part[0].text == "<<"
    return word in {"begin", "declare"} and first not in _DDL


def _open_case(part: list[Token]) -> bool:
    """Whether a CASE expression of the condition is still open."""
    words = [token.lower for token in part[1:] if token.kind == "word"]
    return words.count("case") > words.count("end")


def _touched(inside: tuple[Token, ...]) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """The functions called and the relations read or written, by the tokens around their names."""
    calls: dict[Name, None] = {}
    relations: dict[Name, None] = {}
    index = 0
    while index < len(inside):
        token = inside[index]
        if token.kind not in {"word", "name"}:
            index += 1
            continue
        before = inside[index - 1].lower if index else ""
        names = [_identifier(token)]
        index += 1
        while index + 1 < len(inside) and inside[index].text == "." and inside[index + 1].kind in {"word", "name"}:
            names.append(_identifier(inside[index + 1]))
            index += 2
        name = Name(names[-2] if len(names) > 1 else "", names[-1])
        if index < len(inside) and inside[index].text == "(" and before != "into":
            calls[name] = None
        elif before in _RELATION_WORDS:
            relations[name] = None
    return tuple(calls), tuple(relations)


def _identifier(token: Token) -> str:
    return token.text[1:-1].replace('""', '"') if token.kind == "name" else token.lower
