"""A request decides the operators of a document query.

`users.findOne(req.body)` looks for whatever the body says: `{"password": {"$ne": null}}` finds the first account there is,
and `$where` even runs JavaScript in the database. A filter's shape belongs to the program; only values may come from
outside, each one as a string or a number.
"""

import re
from collections.abc import Iterator

from ...facts.data import DocumentQuery
from ...facts.values import Call, Constant, Parameter, Record, Reference, Text, Unknown, Value, named, options
from ...finding import Finding, Related
from ...join.made_text import is_made_text
from ...join.splices import splices
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("DocumentQuery",),
    asked_by="F",
    security="8.1",
    limits="Of single values from a request inside a filter of the program's own only credentials are judged: whether the "
    "others can be objects depends on the body parser and on validation. Of validators in front of a handler, "
    "express-validator's are read.",
)

_PARTS = r"(?:body|query|params|json|args|form|data|values|GET|POST|query_params|get_json\(\)|json\(\))"
_WHOLE = re.compile(rf"(?:^|[./_])(?:req|request|ctx\.request|ctx|event)\.{_PARTS}$")
_INSIDE = re.compile(rf"^\.(?:request\.)?{_PARTS}$")
_OF_BODY = re.compile(r"^\.(?:request\.)?(?:body|query|json)\.\w+$")
_FIELD_OF_BODY = re.compile(r"(?:^|[./_])(?:req|request)\.(?:body|query|json|get_json\(\)|json\(\))\.\w+$")
_CREDENTIAL = re.compile(
    r"passw|pwd|token|secret|otp|(?:^|_)pin$|api_?key|reset_?code|verification_?code", re.IGNORECASE
)
_HASHING = frozenset({"update", "compare", "compareSync", "hash", "hashSync", "verify"})
_HASHES = re.compile(r"create(?:Hash|Hmac)\(\)\.update$|^(?:bcrypt\w*|argon2|jsonwebtoken)\.\w+$")
"""Calls that throw at whatever is no text."""
_REQUESTS = frozenset({"req", "request", "ctx", "context", "event", "_req"})


def check(project: Project) -> Iterator[Finding]:
    view = project.view(splices)
    for query in project.facts(DocumentQuery):
        for option in options(query.filter):
            if _is_whole_request(option):
                yield Finding(
                    query.at,
                    f"`{view.spelled(option)}` is the filter of `{query.call}` as it was sent: its operators run.",
                    f"{query.call}({_fields(query, view.spelled(option))}), with each field named and converted.",
                    (Related(option.at, "the whole request part"),),
                    slots={"source": view.spelled(option), "call": query.call},
                )
                break
            key, value = _open_credential(option)
            if value is not None and not _is_text(project, query, value):
                yield Finding(
                    query.at,
                    f"`{key}` in the filter of `{query.call}` is `{view.spelled(value)}` as it was sent: an operator such "
                    "as `$ne` in its place fits every account.",
                    f"{query.call}({{ …, {key}: {_as_text(query, view.spelled(value))} }}), compared as text.",
                    (Related(value.at, "part of the request"),),
                    slots={"source": view.spelled(value), "call": query.call},
                )
                break
            where = option.get("$where") if isinstance(option, Record) else None
            if isinstance(where, Text):
                yield Finding(
                    query.at,
                    f"The `$where` of `{query.call}` is JavaScript put together from values; the database runs it.",
                    "Use comparison operators with the values beside them: `{ total: { $gt: Number(limit) } }`.",
                    slots={"source": "$where", "call": query.call},
                )
                break


def _open_credential(option: Value) -> tuple[str, Value | None]:
    """The field of a filter that holds a credential, and may hold any JSON that a request brings."""
    for key, value in option.entries if isinstance(option, Record) else ():
        if _CREDENTIAL.search(key):
            for one in options(value):
                if _is_of_body(one):
                    return key, one
    return "", None


def _is_text(project: Project, query: DocumentQuery, value: Value) -> bool:
    """Whether a part of a request is a text by then: a validator saw to it, or it was hashed, which takes no object."""
    field = _spelled(value).rpartition(".")[2]
    if is_made_text(project, query.at.path, query.function, field):
        return True
    return any(
        made.function == query.function
        and made.at < query.at
        and _HASHES.search(made.callee)
        and any(_spelled(one) == _spelled(value) for given in made.arguments[:1] for one in options(given))
        for made in project.calls_made(query.at.path, _HASHING)
    )


def _spelled(value: Value) -> str:
    return f"{value.name}{value.path}" if isinstance(value, Parameter) else named(value)


def _is_of_body(value: Value) -> bool:
    match value:
        case Parameter(name=name, path=path):
            return name in _REQUESTS and _OF_BODY.match(path) is not None
        case Reference(name=name):
            return _FIELD_OF_BODY.search(name) is not None
    return False


def _as_text(query: DocumentQuery, source: str) -> str:
    return f"str({source})" if query.library == "pymongo" else f"String({source})"


def _fields(query: DocumentQuery, source: str) -> str:
    """A filter of the program's own shape, in the language of the file."""
    if query.library == "pymongo":
        return f'{{"id": str({source}["id"])}}'
    return f"{{ id: String({source}.id) }}"


def _is_whole_request(value: Value) -> bool:
    match value:
        case Parameter(name=name, path=path):
            return name in _REQUESTS and _INSIDE.match(path) is not None
        case Reference(name=name):
            return _WHOLE.search(name) is not None
        case Call(callee=callee, arguments=()):
            return _WHOLE.search(f"{callee}()") is not None
        case Call(callee="dict" | "Object.assign", arguments=(*_, last)):
            return _is_whole_request(last)
        case Unknown(source=source):
            return _WHOLE.search(source) is not None
        case Constant():
            return False
    return False


REMARK = (
    "`{call}` takes operators wherever it takes values, and {source} may hold either. "
    "Name the fields yourself and convert what comes in."
)

EXAMPLES = [
    """
=== src/login.ts
import express from "express";
import { User } from "./models";

export const router = express.Router();

router.post("/login", async (req, res) => {
  const user = await User.findOne(req.body); // <-- {"password": {"$ne": null}}
  const safe = await User.findOne({ email: String(req.body.email) });
  const old = await User.find({ $where: `this.age > ${req.query.age}` }); // <-- JavaScript in the database
  const adults = await User.find({ age: { $gt: Number(req.query.age) } });
  const open = await User.findOne({ email: String(req.body.email), password: req.body.password }); // <-- {"$ne": ""}
  const shut = await User.findOne({ email: req.body.email, password: String(req.body.password) });
  const first = [user, safe, open, shut].find((one) => one !== null);
  res.json({ first, old, adults });
});
""",
    """
=== shop/users.py
from flask import Flask, request
from pymongo import MongoClient

app = Flask(__name__)
users = MongoClient().shop.users


@app.post("/users")
def find():
    found = users.find_one(request.json)  # <-- the whole body
    named = users.find_one({"name": str(request.json["name"])})
    text = "a needle in a haystack".find("needle")
    return {"found": found, "named": named, "text": text}
""",
    """
=== src/routes/messages.js
const Router = require("@koa/router");
const { Message } = require("../models");

const router = new Router({ prefix: "/messages" });

router.post("/search", async (ctx) => {
  ctx.body = await Message.find(ctx.request.body).limit(50); // <-- the models come from another file
});

router.get("/by-author", async (ctx) => {
  const found = await Message.find({ room: 1, $where: `this.author == '${ctx.query.author}'` }); // <-- JavaScript
  ctx.body = [...found, ...(await Message.find({ author: String(ctx.query.author) }))];
});
""",
    """
=== src/list.js
export const names = (users, name) => users.find({ name }).toArray();
""",
    """
=== src/tokens.js
const crypto = require("crypto");
const express = require("express");
const { body, param } = require("express-validator");
const { User } = require("./models");
const validations = require("./validations");
const controller = require("./controller");

const router = express.Router();
router.post("/reset", validations.reset, controller.reset);
router.post("/claim", validations.claim, controller.claim);
router.post("/flag", async (req, res) => {
  const { token: raw } = req.body || {};
  const hash = crypto.createHash("sha256").update(raw).digest("hex"); // throws at an object
  res.json({ hash, user: await User.findOne({ token: raw }) });
});
router.post("/other", async (req, res) => {
  const hash = crypto.createHash("sha256").update(req.body.name).digest("hex");
  res.json({ hash, user: await User.findOne({ token: req.body.token || null }) }); // <-- another field is hashed
});
module.exports = router;
=== src/validations.js
const { body } = require("express-validator");

const reset = [[body("token").exists().withMessage("where is it?").trim()]];
const claim = [body("token").exists().notEmpty()];
module.exports = { reset, claim };
=== src/controller.js
const { User } = require("./models");

const controller = {
  reset: async (req, res) => {
    const { token } = req.body;
    res.json(await User.findOne({ token }));
  },
  claim: async (req, res) => {
    const { token } = req.body;
    res.json(await User.findOne({ token })); // <-- it is there, and may be anything
  },
};
module.exports = controller;
""",
]
