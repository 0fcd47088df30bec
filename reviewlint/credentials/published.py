"""Environment variables that a bundler writes into the browser's code, and which of them hold secrets.

Prefixes, from the bundlers' own documentation: Next.js "Environment variables", Vite "Env variables and modes" (also
SvelteKit `PUBLIC_` and Astro `PUBLIC_`), Create React App, Vue CLI, Expo, Nuxt "Runtime config", Gatsby, Plasmo.
"""

import re

from .names import is_connection_string, words

PREFIXES = (
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "PLASMO_PUBLIC_",
    "REACT_APP_",
    "VUE_APP_",
    "GATSBY_",
    "VITE_",
    "PUBLIC_",
)
_SECRET_ENDINGS = {
    ("service", "role"): "a service-role key",
    ("service", "role", "key"): "a service-role key",
    ("service", "role", "jwt"): "a service-role key",
    ("service", "role", "token"): "a service-role key",
    ("supabase", "service", "key"): "a service-role key",
    ("service", "account", "key"): "a service account's key",
    ("service", "account", "json"): "a service account's key",
    ("secret",): "a secret",
    ("secret", "key"): "a secret key",
    ("secret", "token"): "a secret",
    ("secret", "access", "key"): "a secret access key",
    ("private", "key"): "a private key",
    ("signing", "key"): "a signing key",
    ("encryption", "key"): "an encryption key",
    ("master", "key"): "a master key",
    ("admin", "key"): "an administrator's key",
    ("admin", "token"): "an administrator's token",
    ("admin", "api", "key"): "an administrator's key",
    ("password",): "a password",
    ("passwd",): "a password",
    ("passphrase",): "a passphrase",
    ("auth", "token"): "an access token",
    ("bearer", "token"): "an access token",
    ("refresh", "token"): "a refresh token",
    ("personal", "access", "token"): "a personal access token",
    ("github", "token"): "a GitHub token",
    ("gitlab", "token"): "a GitLab token",
    ("slack", "token"): "a Slack token",
    ("bot", "token"): "a bot's token",
    ("management", "token"): "a management token",
    ("write", "token"): "a token with write access",
}
# Services whose keys act for the account that pays, and have no form meant for browsers.
_SERVER_SERVICES = frozenset(
    "openai anthropic claude gemini mistral cohere groq deepseek perplexity openrouter huggingface hf replicate xai "
    "together fireworks elevenlabs deepgram assemblyai pinecone qdrant weaviate tavily serper serpapi exa firecrawl "
    "resend sendgrid mailgun postmark brevo sendinblue mailchimp mandrill twilio vonage plaid airtable notion linear "
    "upstash langsmith langchain stability runway browserless apify scrapingbee".split()
)
_SERVICE_KEYS = re.compile(r"(?:^|_)(?:API_?KEY|KEY|TOKEN|API_TOKEN|ACCESS_TOKEN)$")
# A word anywhere in the name that says the value is public by design, or only made for trying things out.
_OPEN = frozenset(
    "publishable anon anonymous site sitekey public dsn measurement recaptcha turnstile hcaptcha mapbox demo sample "
    "example test mock dummy storybook".split()
)
# No value of a secret: a switch, a number, a URL, a key whose provider says that it is public.
_HARMLESS_VALUE = re.compile(
    r"(?i:true|false|yes|no|on|off|null|none|undefined)|\d{1,6}|/[\w/.-]*|https?://[^@\s]*|pk_\w*|pk\.\w+.*|sb_publishable_\w*|phc_\w*"
)


def published_secret(name: str, value: str = "") -> tuple[str, str] | None:
    """(prefix, what it holds) where a variable of this name is published by a bundler and holds a secret, else None.

    `value` is its value where that is known.
    """
    prefix = next((one for one in PREFIXES if name.startswith(one)), None)
    what = secret_held(name[len(prefix) :], value) if prefix is not None else ""
    return (prefix, what) if prefix is not None and what else None


def secret_held(name: str, value: str = "") -> str:
    """What secret a variable of this name (without a prefix) holds that no browser may see, in words, or `""`."""
    if _HARMLESS_VALUE.fullmatch(value):
        return ""
    parts = words(name)
    while len(parts) > 1 and (
        parts[-1].isdigit() or parts[-1] in ("prod", "production", "live", "staging", "dev", "local")
    ):
        parts.pop()
    if not parts or _OPEN & set(parts):
        return ""
    if is_connection_string(name) and not value.startswith(("http://", "https://")):
        return "a database's address with its password"
    for length in range(min(3, len(parts)), 0, -1):
        what = _SECRET_ENDINGS.get(tuple(parts[-length:]))
        if what:
            return what
    if _SERVICE_KEYS.search(name) and (service := next((word for word in parts if word in _SERVER_SERVICES), None)):
        return f"the key of a paid service ({service})"
    return ""
