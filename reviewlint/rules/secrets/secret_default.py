"""Code falls back to a written-out value where the environment has no secret.

The day the variable is missing (a new region, a renamed setting, a typo in a manifest) nothing fails: the service
starts, signs its tokens with a word that stands in the repository, and everyone who reads it can sign their own. A
missing secret should stop the program at its start, with its name in the message.

Secrets that the service checks or signs with itself are errors, passwords are warnings. Keys of other services are only
findings where the fallback looks like a real key: a wrong one is refused by the other side.
"""

import re
from collections.abc import Iterator

from ...credentials.names import secret_kind, words
from ...facts.file import Side
from ...facts.location import Location
from ...facts.secrets import Secret
from ...facts.values import Constant, Value, constant_text, options
from ...finding import Finding, Severity
from ...join.deployed import is_deployed
from ...join.insisting import insisting
from ...join.secrets import fallbacks, is_service_role, needs_no_fallback
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="F A",
    security="7.4",
    strictly="fallbacks in files without functions that nothing of the service is seen to load: a tool's configuration, a "
    "stand-in, what is left over.",
    limits="A test that refuses the fallback is only seen in the same service, and in code that runs as it starts.",
)

_REFUSED_BY_OTHERS = frozenset(
    {"API key", "token", "access key", "account key", "service-role key", "service key", "server key"}
)
_NOTHING = frozenset({"", "none", "null", "undefined", "false", "true", "0", "unset", "not-set", "not_set", "missing"})
_OF_NOBODY = frozenset({"guest"})
"""What RabbitMQ is delivered with, and takes from its own machine alone (its manual, "Access Control")."""
_GIVEN_OUT = re.compile(r"(?:[sr]k|gh[opsu])_|(?:sk|xox[abp])-|AKIA|AIza|SG\.")
"""How keys begin that other services give out."""
_OF_TESTS = frozenset({"test", "tests", "testing", "dev", "development", "local", "e2e", "ci"})
"""Words in the names of variables that are not asked for in production."""


def check(project: Project) -> Iterator[Finding]:
    secrets: dict[str, list[Secret]] = {}
    for secret in project.wanted(Secret):
        secrets.setdefault(secret.at.path, []).append(secret)
    seen: set[tuple[str, Location]] = set()
    for name, at, default in fallbacks(project):
        if not needs_no_fallback(project, name, at.path) or not _OF_TESTS.isdisjoint(words(name)):
            continue
        kind = secret_kind(name)
        fallback = _written_out(default)
        if fallback is None or (name, fallback.at) in seen:
            continue
        seen.add((name, fallback.at))
        real = [secret for secret in secrets.get(at.path, ()) if fallback.at.holds(secret.at)]
        if any(is_service_role(secret) for secret in real):
            continue  # service-role-jwt
        of_others = kind in _REFUSED_BY_OTHERS or (kind == "secret" and words(name)[-2:-1] in (["api"], ["client"]))
        of_others = of_others or _GIVEN_OUT.match(constant_text(fallback) or "") is not None
        if of_others and not real:
            continue
        if project.view(insisting).refuses(at.path, name, fallback, {secret.fingerprint for secret in real}):
            continue
        yield Finding(
            fallback.at,
            f"Without `{name}` in the environment, the {kind} is a literal of this file.",
            remedy=_remedy(project, at.path, name),
            severity=Severity.WARNING if kind == "password" else None,
            slots={"variable": name, "kind": kind},
            strict=not is_deployed(project, at.path),
        )


def _written_out(value: Value) -> Constant | None:
    """The literal that is fallen back to, None where it is empty or says that there is none."""
    for option in options(value):
        text = constant_text(option)
        if text is not None and text.strip().lower() not in _NOTHING | _OF_NOBODY and isinstance(option, Constant):
            return option
    return None


def _remedy(project: Project, path: str, name: str) -> str:
    if project.files[path].language == "python":
        return f'os.environ["{name}"]  # a missing variable stops the program' if name.isupper() else f"{name}: str"
    return (
        f'const value = process.env.{name}\nif (!value) throw new Error("{name} is not set")'
        if project.side(path) is not Side.EDGE
        else f'const value = Deno.env.get("{name}")\nif (!value) throw new Error("{name} is not set")'
    )


REMARK = (
    "If `{variable}` is ever missing, this runs on a {kind} that anyone can read here, and nothing will say so. "
    "Let the start fail instead."
)

EXAMPLES = [
    """
=== app/config.py
import os

from pydantic_settings import BaseSettings

JWT_SECRET = os.environ.get("JWT_SECRET", "dev")  # <-- signs tokens
SECRET_KEY = os.getenv("SECRET_KEY") or "super-secret"  # <-- the same with or
DB_PASSWORD = os.getenv("DB_PASSWORD", "swordfish")  # <-- a warning
required = os.environ["SESSION_SECRET"]
optional = os.environ.get("SESSION_SECRET")
empty = os.environ.get("SESSION_SECRET", "")
API_KEY = os.environ.get("WEATHER_API_KEY", "not-configured")
API_SECRET = os.environ.get("WEATHER_API_SECRET", "deadbeef-dead-beef")
STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "sk_<CHANGE_ME>")


class Settings(BaseSettings):
    secret_key: str = "changeme"  # <-- a field of the settings
    session_secret: str
    token_url: str = "/token"


class TestSettings(BaseSettings):
    secret_key: str = "not-for-production"
""",
    """
=== src/auth.ts
import jwt from "jsonwebtoken"

const secret = process.env.JWT_SECRET || "secret" // <-- signs tokens
export const other = process.env.COOKIE_SECRET ?? "keyboard cat" // <-- with ??
const { ENCRYPTION_KEY = "0000" } = process.env // <-- destructured
const port = process.env.PORT || "3000"
const name = process.env.SECRET_NAME || "prod/db"
const header = process.env.API_KEY_HEADER || "X-Api-Key"
const token = process.env.GITHUB_TOKEN || ""
=== src/config/defaults.ts
export const signing = process.env.SIGNING_KEY || "sign-me" // <-- defaults.ts is code, no template
=== supabase/functions/hook/index.ts
const secret = Deno.env.get("WEBHOOK_SECRET") ?? "whsec" // <-- in an edge function
""",
    """
=== src/auth.test.ts
const secret = process.env.JWT_SECRET || "secret"
=== scripts/seed.ts
const password = process.env.ADMIN_PASSWORD || "admin"
=== src/strict.ts
const secret = process.env.JWT_SECRET
if (!secret) throw new Error("JWT_SECRET is not set")
""",
    """
=== package.json
{"dependencies": {"@nestjs/core": "10", "@nestjs/config": "3"}}
=== src/configs/auth.config.ts
import { registerAs } from "@nestjs/config";

export const auth = registerAs("auth", () => ({
  secret: process.env.AUTH_JWT_SECRET ?? process.env.SECRET_KEY ?? "keyboard cat", // <-- a program's own configuration
}));
=== app/environment.py
import os


def env(name: str, default: str | None = None) -> str:
    value = os.environ.get(f"SHOP_{name}", default)
    if value is None:
        raise RuntimeError(f"SHOP_{name} is not set")
    return value


def told(name: str, default: str) -> str:
    return default
=== app/main.py
from app import configs, keys
=== devstack.py
from app.configs import *
import os

DB_PASSWORD = os.environ.get("DB_PASSWORD", "swordfish")  # <-- strict: loaded by nothing of the service
=== app/keys.py
from app.environment import env, told

SIGNING_KEY = env("SIGNING_KEY", default="shop-2021")  # <-- through a function of the project's own
SESSION_SECRET = env("SESSION_SECRET", "shop-2022")  # <-- the same by its place
ENCRYPTION_KEY = env("ENCRYPTION_KEY")
SECRET_KEY = told("SECRET_KEY", "what else")
=== src/app.module.ts
import { ConfigModule, ConfigService } from "@nestjs/config";
import { JwtModule } from "@nestjs/jwt";

export const jwt = JwtModule.registerAsync({
  imports: [ConfigModule],
  inject: [ConfigService],
  useFactory: (config: ConfigService) => ({
    secret: config.get<string>("JWT_SECRET", "keyboard cat"), // <-- in Nest's own way
    privateKey: config.getOrThrow<string>("JWT_PRIVATE_KEY"),
    audience: config.get<string>("jwt.secret", "a part of this program's configuration"),
  }),
});
=== src/sessions.service.ts
import { Injectable } from "@nestjs/common";
import { ConfigService } from "@nestjs/config";

@Injectable()
export class Sessions {
  constructor(private readonly config: ConfigService) {}

  secret() {
    return this.config.get("SESSION_SECRET") || "keyboard cat"; // <-- the same with or
  }

  cached(store: Map<string, string>) {
    return store.get("SESSION_SECRET") || "none is kept yet";
  }
}
=== knexfile.ts
export const config = {
  development: {
    connection: { password: process.env.DB_PASSWORD || "postgres" },
  },
  local: { connection: { password: process.env.DB_PASSWORD || "postgres" } },
  production: { connection: { password: process.env.DB_PASSWORD || "swordfish" } }, // <-- in production, too
};
config.test = { connection: { password: process.env.DB_PASSWORD || "postgres" } };
export const tested = { password: process.env.TEST_DB_PASSWORD || "postgres" };
=== src/strategies.ts
function requireInProduction(name: string, otherwise?: string) {
  return process.env[name] ?? otherwise;
}
function required(name: string, devDefault?: string) {
  return process.env[name] ?? devDefault;
}
export const strategies = {
  local: { secret: process.env.JWT_SECRET || "swordfish" }, // <-- a way to sign in, and no environment
};
export const url = requireInProduction("DATABASE_URL", `postgres://shop:${process.env.DB_PASSWORD || "postgres"}@localhost`);
export const other = required("DATABASE_URL", `postgres://shop:${process.env.DB_PASSWORD || "postgres"}@localhost`);
export const dev = isProduction ? needed("JWT_SECRET") : process.env.JWT_SECRET || "dev";
export const asked = process.env.JWT_SECRET || (process.env.NODE_ENV === "production" ? "" : "dev");
export const given = process.env.JWT_SECRET || (process.env.NODE_ENV === "production" ? "live" : "dev"); // <-- in production
export const live = isDevelopment ? needed("JWT_SECRET") : process.env.JWT_SECRET || "dev"; // <-- the other way round
=== app/configs.py
import os


class Config:
    SECRET_KEY = os.environ.get("SECRET_KEY") or "swordfish"  # <-- in each environment


class DevelopmentConfig(Config):
    SECRET_KEY = os.environ.get("SECRET_KEY") or "dev"


CONFIGS = {"testing": {"secret": os.environ.get("SECRET_KEY", "dev")}}
=== src/keys.ts
export const JWT_SECRET = process.env.JWT_SECRET || "dev-key";
if (process.env.NODE_ENV === "production" && JWT_SECRET === "dev-key") {
  throw new Error("JWT_SECRET is not set");
}
export const ENCRYPTION_KEY = process.env.ENCRYPTION_KEY || "dev"; // <-- nothing refuses this one
=== app/settings.py
import os

DEBUG = os.getenv("DEBUG") == "1"
SECRET_KEY = os.getenv("SECRET_KEY", "dev-key")
if not DEBUG and SECRET_KEY == "dev-key":
    raise RuntimeError("SECRET_KEY is not set")
SIGNING_KEY = os.getenv("SIGNING_KEY", "sign-me")
if SIGNING_KEY == "sign-me" and not DEBUG:
    from django.core.exceptions import ImproperlyConfigured

    raise ImproperlyConfigured("SIGNING_KEY is not set")
""",
    """
=== pyproject.toml
[project]
name = "shop"
=== app/attachments.py
import os

SECRET = os.getenv("ATTACHMENT_SECRET", "change-me")
SIGNING_KEY = os.getenv("SIGNING_KEY", "sign-me")
SESSION_SECRET = os.getenv("SESSION_SECRET", "sessions")
COOKIE_SECRET = os.getenv("COOKIE_SECRET", "cookies")
ADMIN_SECRET = os.getenv("ADMIN_SECRET", "admins")  # <-- asked for where a request is answered
REPORT_SECRET = os.getenv("REPORT_SECRET", "reports")  # <-- what is tested has the fallback
=== app/factory.py
import logging
import os

from fastapi import HTTPException

logger = logging.getLogger(__name__)
SESSION_SECRET = os.environ["SESSION_SECRET"]


def create_app():
    secret = os.getenv("ATTACHMENT_SECRET", "")
    if secret == "other" or secret == "change-me":
        logger.error("the secret has its default")
        raise RuntimeError("ATTACHMENT_SECRET has its default")
    needed = {"SIGNING_KEY": os.getenv("SIGNING_KEY"), "HOST": os.getenv("HOST")}
    missing = [name for name, value in needed.items() if not value]
    if missing:
        logger.error("missing")
        raise RuntimeError(", ".join(missing))
    report = os.getenv("REPORT_SECRET", "reports")  # <-- so here
    if not report:
        raise RuntimeError("REPORT_SECRET")


def check_cookies():
    needed = ["COOKIE_SECRET", "HOST"]
    for name in needed:
        if not os.environ.get(name):
            raise RuntimeError(name)


def admins():
    if not os.getenv("ADMIN_SECRET"):
        raise HTTPException(503, "not set up")
=== app/settings.py
from pydantic import field_validator, model_validator
from pydantic_settings import BaseSettings

INSECURE = {"changeme", "secret"}


class Settings(BaseSettings):
    secret_key: str = "changeme"
    jwt_secret: str = "changethis"
    webhook_secret: str = "swordfish"  # <-- nothing refuses this one
    encryption_key: str = "unsafe-default"

    @field_validator("secret_key")
    @classmethod
    def strong(cls, v):
        if v in INSECURE:
            raise ValueError("choose one")
        return v

    def _refuse(self, name, value):
        if value == "changethis":
            raise ValueError(name)

    @model_validator(mode="after")
    def complete(self):
        self._refuse("jwt_secret", self.jwt_secret)
        if self.encryption_key == "unsafe-default" and self.environment == "production":
            raise ValueError("choose one")
        return self
""",
    """
=== package.json
{"dependencies": {"@nestjs/core": "10", "@nestjs/config": "3", "zod": "3"}}
=== src/tokens.service.ts
import { Injectable } from "@nestjs/common";
import { ConfigService } from "@nestjs/config";

@Injectable()
export class Tokens {
  constructor(private readonly config: ConfigService) {
    this.access = this.config.get<string>("JWT_ACCESS_SECRET") || "access";
    this.refresh = this.config.get<string>("JWT_REFRESH_SECRET") || "refresh"; // <-- asked for nowhere else
    this.signing = this.config.get<string>("SIGNING_KEY") || "sign-me";
  }
}
=== src/jwt.module.ts
import { ConfigService } from "@nestjs/config";
import { JwtModule } from "@nestjs/jwt";

export const jwt = JwtModule.registerAsync({
  useFactory: (config: ConfigService) => {
    const secret = config.get<string>("JWT_ACCESS_SECRET");
    if (!secret) throw new Error("JWT_ACCESS_SECRET is missing");
    return { secret, privateKey: config.getOrThrow<string>("SIGNING_KEY") };
  },
});
=== src/env.ts
import { z } from "zod";

export const env = z
  .object({
    SESSION_SECRET: z.string().min(32),
    COOKIE_SECRET: z.string().default("cookies"),
    REQUEST_SIGNING_KEY: z
      .string()
      .optional(),
  })
  .parse(process.env);
const needed = ["HMAC_SECRET", "DATABASE_URL"];
const missing = needed.filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error("missing", missing);
  process.exit(1);
}
=== src/sessions.ts
export const session = process.env.SESSION_SECRET || "sessions";
export const cookie = process.env.COOKIE_SECRET || "cookies"; // <-- the schema lets it be missing
export const signing = process.env.REQUEST_SIGNING_KEY || "sign-me"; // <-- so here
export const hmac = process.env.HMAC_SECRET || "hmac";
=== scripts/check.ts
if (!process.env.COOKIE_SECRET) throw new Error("COOKIE_SECRET is missing"); // not the service
""",
    """
=== package.json
{"dependencies": {"express": "5"}}
=== src/keys.ts
export const key = process.env.SIGNING_KEY || "shop"; // <-- loaded
=== medusa-config.ts
export default defineConfig({ cookieSecret: process.env.COOKIE_SECRET || "shop" }); // <-- loaded by its name
=== src/shop.ts
import { key } from "./keys";

export default { key, secret: process.env.COOKIE_SECRET || "shop" }; // <-- what loads others begins something
=== src/lib/workers-shim.ts
export const env = { AUTH_SECRET: process.env.AUTH_SECRET ?? "local-dev-secret" }; // <-- strict: a stand-in
=== ormconfig.ts
export default { password: process.env.DB_PASSWORD || "swordfish" }; // <-- strict: a tool's
""",
    """
=== app/settings.py
from typing import ClassVar

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

_DEV_SECRET_KEY = "dev-secret-key"
_DEV_ADMIN_SECRET = "dev-admin"
_DEV_COOKIE_SECRET = "dev-cookies"  # <-- a word of the log alone


class Settings(BaseSettings):
    ENV: str = "development"
    SECRET_KEY: str = _DEV_SECRET_KEY
    ADMIN_SECRET: str = _DEV_ADMIN_SECRET
    COOKIE_SECRET: str = _DEV_COOKIE_SECRET
    DEFAULT_SIGNING_KEY: ClassVar[str] = "sign-me"
    signing_key: str = Field(default=DEFAULT_SIGNING_KEY, validation_alias="SIGNING_KEY")

    @model_validator(mode="after")
    def _none_for_development(self):
        if self.ENV != "production":
            return self
        errors: list[str] = []
        notes: list[str] = []
        if self.SECRET_KEY == _DEV_SECRET_KEY:
            errors.append("SECRET_KEY")
        if self.ADMIN_SECRET == _DEV_ADMIN_SECRET:
            errors.append("ADMIN_SECRET")
        if self.COOKIE_SECRET == _DEV_COOKIE_SECRET:
            notes.append("COOKIE_SECRET")
        if errors:
            raise ValueError("\\n".join(errors))
        return self

    @field_validator("signing_key")
    @classmethod
    def _no_default(cls, value, info):
        if info.data["ENV"] == "production":
            if value == cls.DEFAULT_SIGNING_KEY:
                raise ValueError("choose one")
        return value
=== config.py
import os


def _is_weak(secret):
    normalized = secret.strip().lower()
    return normalized in {"", "dev", "changeme"} or len(secret) < 32


def validate_security():
    if os.getenv("DEBUG") == "1":
        return
    secret = os.getenv("SESSION_SECRET", "dev")
    weak = []
    if _is_weak(secret):
        weak.append("SESSION_SECRET")
    if weak:
        raise RuntimeError(", ".join(weak))


class Config:
    SESSION_SECRET = os.getenv("SESSION_SECRET", "dev")
    REPORT_SECRET = os.getenv("REPORT_SECRET", "reports")  # <-- this is none of the weak ones
=== app/main.py
import config
from app import settings
""",
]
