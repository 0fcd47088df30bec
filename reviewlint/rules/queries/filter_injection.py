"""Text from outside becomes part of a PostgREST filter, an LDAP filter or a query string.

`.or("name.eq." + term)` is parsed by PostgREST: commas part conditions, dots part operators, parentheses group. Whoever
chooses the term chooses the conditions: `x,role.eq.admin` adds one that was never meant, and a name with a comma in it
breaks the search for everybody else. Methods such as `.eq()` and `.ilike()` send each value on its own.

Where several columns have to be searched, keep the text constant apart from values that cannot hold a comma or a
parenthesis, quote the value (`"` around it, `\\"` for its own quotes), or put the search into a database function.

LDAP filters and the query strings of OpenSearch and Elasticsearch are languages too: `*)(uid=*` matches everybody, and
`x OR role:admin` is a search of its own. Escape what goes into the former; ask with a `match` instead of the latter.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from ...facts.data import Query, SearchText, TableAccess
from ...facts.file import Side
from ...facts.values import Call, Constant, Text, Value, constant_text, options
from ...finding import Confidence, Finding, Severity
from ...join.origins import ENVIRONMENT
from ...join.splices import Splice, splices
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("SearchText", "TableAccess"),
    asked_by="F A",
    security="6.5",
    strictly="what a page in a browser puts together, which asks with the rights of its own visitor, as notes; keys that "
    "another function hands on, which has mostly read the row that they tell; lists that are the caller's as a whole, "
    "who may name what else he likes in them anyway.",
    limits="Identifiers that the program itself makes may stand in a filter; values are told from them by where they come "
    "from and by their names.",
)

_FILTERS = {"or": 0, "or_": 0, "filter": 2, "not": 2, "not_": 2, "textSearch": 1, "text_search": 1}
"""The methods that take a piece of PostgREST's filter language, with the position of that piece."""
_OF_LISTS = frozenset({"in", "not.in", "cs", "cd", "ov"})
"""The operators whose right side is a list."""
_WHOLE = re.compile(r"(?:^|\.)\($")
"""What stands before a value that is all of a list, and not the end of a path of columns."""
_TYPED = re.compile(
    r"(?:^|[._\[\]…])(?:\w*search\w*|\w*query\w*|q|term|\w*keyword\w*|\w*text|input|needle|name|title)$", re.IGNORECASE
)
_SET_UP = re.compile(r"config|settings|\benv\b", re.IGNORECASE)
"""What whoever runs the service wrote, a filter's template among it."""
_SOUGHT = re.compile(r"=[^()=]*$")
"""What stands before a value in an LDAP filter; attributes and whole conditions are chosen by whoever set it up."""
_KEY = re.compile(r"(?:^|[._])(?:id|uuid)$|(?<=[a-z])Id$|_id$")
"""The name of a key, by which whoever hands it on has mostly read a row before."""


def check(project: Project) -> Iterator[Finding]:
    view = project.view(splices)
    for access in project.facts(TableAccess):
        for call in access.calls:
            text = _filter(call)
            if not isinstance(call, Call) or text is None:
                continue
            query = Query(call.at, access.function, "postgrest", f".{call.name}", text)
            found = [splice for splice in view.of(query) if not _is_quoted(splice)]
            outside = [splice for splice in found if splice.origin]
            typed = [splice for splice in found if _TYPED.search(view.spelled(splice.value))]
            whole = bool(outside) and all(_WHOLE.search(one.before) and one.after == ")" for one in outside)
            if outside or (typed and project.side(access.at.path) in SERVER_SIDES):
                names = [view.spelled(one.value) for one in outside or typed]
                finding = _finding(access, call, text, outside or typed, names)
                if project.side(access.at.path) is Side.BROWSER:
                    yield replace(finding, severity=Severity.NOTE, strict=True)
                else:
                    handed = [splice.way and _KEY.search(view.spelled(splice.value)) for splice in outside]
                    yield replace(finding, strict=whole or (bool(handed) and all(handed)))
    for search in project.facts(SearchText, *SERVER_SIDES):
        query = Query(search.at, search.function, search.language, search.language, search.text)
        found = [splice for splice in view.of(query) if splice.origin != ENVIRONMENT]  # the operator's own template
        outside = [splice for splice in found if splice.origin]
        named = [(splice, view.spelled(splice.value)) for splice in found]
        typed = [
            splice
            for splice, name in named
            if _TYPED.search(name) or (search.language == "LDAP" and not _SET_UP.search(name))
            if search.language != "LDAP" or _SOUGHT.search(splice.before)
        ]
        if outside or typed:
            yield _of_search(search, [view.spelled(one.value) for one in outside or typed], outside)


_CURES = {
    "LDAP": "Escape the value: `ldap3.utils.conv.escape_filter_chars(value)`, `ldap.filter.escape_filter_chars(value)`, "
    "or a filter object such as ldapjs' `new EqualityFilter({ attribute, value })`.",
    "query string": "A query that takes the value as it is: `{ match: { title: value } }`, or `simple_query_string`.",
}


def _of_search(search: SearchText, names: list[str], outside: list[Splice]) -> Finding:
    listed = " and ".join(f"`{name}`" for name in dict.fromkeys(names))
    comes = f" from {outside[0].origin}" if outside else ""
    language = {"LDAP": "an LDAP filter", "query string": "a query string"}[search.language]
    return Finding(
        search.at,
        f"{listed}{comes} becomes part of {language}, whose operators it may hold.",
        _CURES[search.language],
        slots={"values": listed, "method": language, "table": "the search", "what": "operators"},
        severity=Severity.ERROR if outside else Severity.WARNING,
        confidence=Confidence.HIGH if outside else Confidence.MEDIUM,
    )


def _filter(call: Value) -> Text | None:
    """The piece of filter language that a call of a chain is given, where it is not constant."""
    if not isinstance(call, Call) or call.name not in _FILTERS:
        return None
    position = _FILTERS[call.name]
    given = call.arguments[position] if len(call.arguments) > position else None
    text = next((option for option in options(given) if isinstance(option, Text)), None) if given is not None else None
    if text is None or position < 2:
        return text
    operator = constant_text(call.arguments[1])
    if operator not in _OF_LISTS:  # all that follows such an operator is one value
        return None
    # What stands between the parentheses is taken apart at its commas.
    return replace(text, parts=(Constant(text.at, f"{operator}."), *text.parts))


def _is_quoted(splice: Splice) -> bool:
    """Whether double quotes stand around the value, as PostgREST wants them for what may hold anything."""
    return splice.before.count('"') % 2 == 1 and '"' in splice.after


_OF_CONDITIONS = (
    "One method for each condition (`.eq(column, value)`, `.ilike(column, pattern)`), or a database function that takes "
    "the value as a parameter: `supabase.rpc('search', { term })`."
)
_OF_A_LIST = "`.in(column, values)`, which quotes each of them; here, double quotes around each, with its own escaped."


def _finding(access: TableAccess, call: Call, text: Text, found: list[Splice], names: list[str]) -> Finding:
    listed = " and ".join(f"`{name}`" for name in dict.fromkeys(names))
    origin = next((splice.origin for splice in found if splice.origin), "")
    comes = f" from {origin}" if origin else ""
    table = f" on `{access.relation}`" if access.relation else ""
    lists = _FILTERS[call.name] == 2
    return Finding(
        text.at,
        f"{listed}{comes} becomes part of the {'list' if lists else 'filter'} that `.{call.name}()`{table} hands to "
        "PostgREST.",
        _OF_A_LIST if lists else _OF_CONDITIONS,
        slots={
            "values": listed,
            "method": f"`.{call.name}()`",
            "table": access.relation or "the table",
            "what": "entries of the list" if lists else "conditions of its own",
        },
        severity=Severity.ERROR if origin else Severity.WARNING,
        confidence=Confidence.HIGH if origin else Confidence.MEDIUM,
    )


REMARK = (
    "{method} reads commas and parentheses in {values} as {what}. "
    "Whoever fills it in decides what else {table} is asked."
)

EXAMPLES = [
    """
=== app/directory.py
import os

from fastapi import FastAPI
from ldap3 import Connection
from ldap3.utils.conv import escape_filter_chars
from opensearchpy import OpenSearch

app = FastAPI()
search = OpenSearch("localhost")


@app.get("/people")
def people(name: str, number: int):
    connection = Connection("ldap://directory")
    connection.search("dc=shop", f"(uid={name})")  # <-- error: a parenthesis is enough
    connection.search("dc=shop", f"(uid={escape_filter_chars(name)})")
    connection.search("dc=shop", f"(number={number})")
    connection.search("dc=shop", os.environ["PEOPLE"] % {"name": escape_filter_chars(name)})
    search.search(index="people", body={"query": {"query_string": {"query": f"name:{name}"}}})  # <-- error: OR, AND, NOT
    return search.search(index="people", body={"query": {"match": {"name": name}}})


class Directory:
    def __init__(self, connection, people, attribute):
        self.connection, self.people, self.attribute = connection, people, attribute

    def found(self, name, room):
        text = "(&{0}({1}={2}))".format(self.people, self.attribute, escape_filter_chars(name))
        self.connection.search("dc=shop", text)
        self.connection.search("dc=shop", "(&{0}(room={1}))".format(self.people, room))  # <-- a value of somebody's
""",
    """
=== src/directory.ts
import express from "express";
import ldap from "ldapjs";

const app = express();
const directory = ldap.createClient({ url: "ldap://directory" });

app.get("/people", (req, res) => {
  directory.search("dc=shop", { filter: `(uid=${req.query.name})`, scope: "sub" }, () => res.end()); // <-- a parenthesis
  directory.search("dc=shop", { filter: "(uid=admin)" }, () => res.end());
  const body = { query: { query_string: { query: "name:" + req.query.name } } }; // <-- OR, AND, NOT
  res.json(body);
});
""",
    """
=== supabase/functions/search/index.ts
import { createClient } from "https://esm.sh/@supabase/supabase-js@2";

const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const { term, limit } = await req.json();
  const { data } = await supabase
    .from("products")
    .select("id, name")
    .or(`name.ilike.%${term}%,sku.eq.${term}`); // <-- from the request
  const { data: safe } = await supabase.from("products").select("id").ilike("name", `%${term}%`);
  const { data: fixed } = await supabase.from("products").select("id").or("hidden.is.false,price.gt.0");
  const { data: cheap } = await supabase.from("products").select("id").or(`price.lt.${Number(limit)},price.is.null`);
  return new Response(JSON.stringify({ data, safe, fixed, cheap }));
});
""",
    """
=== shop/products.py
from fastapi import APIRouter
from supabase import create_client

router = APIRouter()
supabase = create_client("https://shop.supabase.co", "key")


@router.get("/products")
def search(q: str, page: int):
    found = supabase.table("products").select("id").or_(f"name.ilike.%{q}%,sku.eq.{q}").execute()  # <-- q may hold commas
    also = supabase.table("products").select("id").or_(f"page.eq.{page},page.is.null").execute()
    return found.data + also.data
""",
    """
=== src/teams.ts
import { createClient } from "@supabase/supabase-js";

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);

export async function teams(userId: string) {
  const { data } = await supabase.from("teams").select("id").or(`owner.eq.${userId},member.eq.${userId}`);
  return data;
}
""",
    """
=== supabase/functions/pick/index.ts
import { createClient } from "https://esm.sh/@supabase/supabase-js@2";

const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const body = await req.json();
  await supabase.from("notes").select("id").filter("tag", "in", `(mine,${body.tag})`); // <-- commas divide, too
  await supabase.from("notes").select("id").not("tag", "in", `(secret,${body.tag})`); // <-- likewise
  await supabase.from("notes").select("id").not("tag", "in", `(${body.tags})`); // <-- strict: all of it is his
  await supabase.from("notes").select("id").filter("tag", "eq", `${body.tag}`);
  await supabase.from("notes").select("id").not("tag", "ilike", `%${body.tag}%`);
  await supabase.from("notes").select("id").in("tag", body.tags);
  return new Response("ok");
});
""",
    """
=== package.json
{"dependencies": {"express": "4", "@supabase/supabase-js": "2"}}
=== src/links.ts
import { createClient } from "@supabase/supabase-js";
import express from "express";

const app = express();
const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);

async function linked(noteId: string) {
  return supabase.from("links").select("id").or(`source.eq.${noteId},target.eq.${noteId}`); // <-- strict: a key that was read
}

async function named(word: string) {
  return supabase.from("links").select("id").or(`name.eq.${word},title.eq.${word}`); // <-- handed on from the request
}

app.get("/links/:noteId", async (req, res) => {
  const { data: note } = await supabase.from("notes").select("id").eq("id", req.params.noteId).single();
  if (!note) return res.status(404).end();
  await named(req.query.word);
  res.json(await linked(req.params.noteId));
});
""",
    """
=== lib/phone.ts
export function digitsOf(raw: string | null) {
  const digits = String(raw ?? "").replace(/\\D/g, "");
  return digits.length > 10 ? digits.slice(-10) : digits;
}
=== app/api/people/route.ts
import { createClient } from "@supabase/supabase-js";
import { digitsOf } from "../../../lib/phone";

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);

export async function GET(request: Request) {
  const { searchParams } = new URL(request.url);
  const q = searchParams.get("q") ?? "";
  const phone = digitsOf(q);
  const bare = q.replace(/[,()"'\\\\]/g, "").trim();
  const once = q.replace(/[,()]/, "");
  const marked = q.replace(/[,()]/g, "\\\\$&");
  const quotes = q.replace(/["']/g, "");
  await supabase.from("people").select("id").or(`phone.ilike.%${phone}%,mobile.ilike.%${phone}%`);
  await supabase.from("people").select("id").or(`name.ilike.%${bare}%,nick.ilike.%${bare}%`);
  await supabase.from("people").select("id").or(`name.ilike.%${once}%,nick.ilike.%${once}%`); // <-- the first alone
  await supabase.from("people").select("id").or(`name.ilike.%${marked}%,nick.ilike.%${marked}%`); // <-- still there
  await supabase.from("people").select("id").or(`name.ilike.%${quotes}%,nick.ilike.%${quotes}%`); // <-- commas stay
  return Response.json([]);
}
""",
]
