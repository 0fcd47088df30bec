"""The formats of credentials as their providers document them.

Each format names its source: the provider's own documentation. A format is only listed where a prefix of the
provider's makes it unmistakable; a bare run of hexadecimal digits is judged by the name it is assigned to instead.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of credential. `pattern` matches the whole of it, and begins with two characters that never vary."""

    kind: str
    pattern: re.Pattern[bytes]


def _format(kind: str, pattern: str) -> Format:
    return Format(kind, re.compile(pattern.encode() + rb"(?![A-Za-z0-9_])"))


_LISTED = (
    # AWS, "IAM identifiers", unique ID prefixes: AKIA access key, ASIA temporary access key.
    _format("AWS access key id", r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    # GitHub, "About authentication to GitHub", GitHub's token formats.
    _format("GitHub personal access token", r"ghp_[A-Za-z0-9]{36,255}"),
    _format("GitHub OAuth access token", r"gho_[A-Za-z0-9]{36,255}"),
    _format("GitHub app user token", r"ghu_[A-Za-z0-9]{36,255}"),
    # "Generating an installation access token": since April 2026 ghs_APPID_JWT, of about 520 characters.
    _format(
        "GitHub app installation token",
        r"ghs_(?:[A-Za-z0-9]{36,255}|[0-9]{1,12}_eyJ[\w-]{8,1000}\.[\w-]{8,2000}\.[\w-]{10,1000})",
    ),
    _format("GitHub app refresh token", r"ghr_[A-Za-z0-9]{36,255}"),
    _format("GitHub fine-grained token", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    # GitLab, "Token overview", token prefixes; newer ("routable") tokens have two more parts after dots.
    _format(
        "GitLab token",
        r"gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|oas|wt)-[A-Za-z0-9_-]{20,300}(?:\.[a-z0-9]{2}\.[a-z0-9]{7,9})?",
    ),
    # Slack, "Tokens": bot xoxb-, user xoxp-, configuration xoxe-, legacy workspace xoxa-/xoxr-, app-level xapp-.
    _format("Slack token", r"xox[abpres]-[0-9A-Za-z-]{20,250}"),
    _format("Slack refresh token", r"xoxe(?:\.xox[bp])?-[0-9]-[A-Za-z0-9]{100,250}"),
    _format("Slack app-level token", r"xapp-[0-9]-[A-Z0-9]+-[0-9]+-[A-Za-z0-9]{20,100}"),
    # Stripe, "API keys": secret sk_, restricted rk_, each with the mode; "Webhooks": signing secrets whsec_.
    _format("Stripe live secret key", r"sk_live_[A-Za-z0-9]{20,247}"),
    _format("Stripe live restricted key", r"rk_live_[A-Za-z0-9]{20,247}"),
    _format("webhook signing secret", r"whsec_[A-Za-z0-9+/]{32,100}={0,2}"),
    # OpenAI, API reference, "Authentication"; keys of projects, service accounts and administrators.
    _format("OpenAI API key", r"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,250}"),
    _format("OpenAI API key", r"sk-[A-Za-z0-9]{48}"),
    # Anthropic, API reference, "Authentication"; "Admin API": keys begin with sk-ant-admin.
    _format("Anthropic API key", r"sk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{20,200}"),
    # OpenRouter, "Authentication".
    _format("OpenRouter API key", r"sk-or-v1-[0-9a-f]{64}"),
    # Google Cloud, "Authenticate by using API keys"; "OAuth 2.0": client secrets of GCP projects.
    _format("Google API key", r"AIza[A-Za-z0-9_-]{35}"),
    _format("Google OAuth client secret", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    # Twilio, "What is a String Identifier (SID)?": two letters and 32 hexadecimal digits; SK is an API key's.
    _format("Twilio API key", r"SK[0-9a-f]{32}"),
    # npm, "About access tokens"; GitHub changelog, "npm has a new access token format": 36 characters, six a checksum.
    _format("npm access token", r"npm_[A-Za-z0-9]{36}"),
    # PyPI help, "How can I use API tokens?": a macaroon, whose serialisation begins so for every PyPI token.
    _format("PyPI API token", r"pypi-AgE[A-Za-z0-9_-]{50,1000}"),
    # Supabase, "Understanding API keys": sb_secret_ replaces service_role; "Management API": sbp_ tokens.
    _format("Supabase secret key", r"sb_secret_[A-Za-z0-9_-]{20,100}"),
    _format("Supabase access token", r"sbp_(?:oauth_)?[0-9a-f]{40}"),
    # DigitalOcean, "API reference: authentication": personal dop_, OAuth doo_, refresh dor_.
    _format("DigitalOcean token", r"do[opr]_v1_[0-9a-f]{64}"),
    # Mailgun, "Authentication": private API keys.
    _format("Mailgun API key", r"key-[0-9a-f]{32}"),
    # Shopify, "Access tokens".
    _format("Shopify access token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    # Hugging Face, "User access tokens".
    _format("Hugging Face token", r"hf_[A-Za-z0-9]{34,40}"),
    # Databricks, "Personal access token authentication".
    _format("Databricks token", r"dapi[0-9a-f]{32}(?:-[0-9])?"),
    # Linear, "Authentication"; Notion, "Authorization".
    _format("Linear API key", r"lin_api_[A-Za-z0-9]{40}"),
    _format("Notion token", r"ntn_[A-Za-z0-9]{40,60}"),
    # Square, "OAuth API": an application's secret.
    _format("Square application secret", r"sq0csp-[A-Za-z0-9_-]{43}"),
    # Groq, Replicate, Perplexity and xAI, each "Authentication".
    _format("Groq API key", r"gsk_[A-Za-z0-9]{52}"),
    _format("Replicate token", r"r8_[A-Za-z0-9]{37}"),
    _format("Perplexity API key", r"pplx-[A-Za-z0-9]{48}"),
    _format("xAI API key", r"xai-[A-Za-z0-9]{80}"),
    # Sentry, "Auth tokens": organization sntrys_, user sntryu_.
    _format("Sentry auth token", r"sntry[su]_[A-Za-z0-9+/=_-]{60,300}"),
    # PostHog, "API overview": personal keys phx_ (project keys phc_ are public).
    _format("PostHog personal API key", r"phx_[A-Za-z0-9]{40,60}"),
    # Grafana, "Service account tokens"; New Relic, "API keys"; Postman, "API keys".
    _format("Grafana service account token", r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}"),
    _format("New Relic user key", r"NRAK-[A-Z0-9]{27}"),
    _format("Postman API key", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    # Docker, "Personal access tokens"; RubyGems, "API key"; Atlassian, "Manage API tokens".
    _format("Docker access token", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,40}"),
    _format("RubyGems API key", r"rubygems_[0-9a-f]{48}"),
    _format("Atlassian API token", r"ATATT3[A-Za-z0-9_=-]{180,200}"),
    # PlanetScale, "Service tokens" and "Password types".
    _format("PlanetScale credential", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,64}"),
    # Figma, "Personal access tokens".
    _format("Figma token", r"figd_[A-Za-z0-9_-]{40}"),
    # Resend, "API keys": re_ and two parts.
    _format("Resend API key", r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"),
)

BY_START: dict[bytes, tuple[Format, ...]] = {}
"""The formats by their first two characters."""
for _listed in _LISTED:
    _start = _listed.pattern.pattern.removeprefix(b"(?:")[:2]
    BY_START[_start] = (*BY_START.get(_start, ()), _listed)
BY_START[b"AS"] = BY_START[b"AK"]

BESIDE_RUNS: tuple[tuple[bytes, Format], ...] = (
    # SendGrid, "API Keys", "Length of API keys": 69 characters; three parts. Its dots keep it out of the runs of word
    # characters.
    (b"SG.", _format("SendGrid API key", r"(?<![A-Za-z0-9_.])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")),
    # Discord, "Webhook resource": the token in the address is all that posting needs.
    (
        b"/api/webhooks/",
        _format("Discord webhook URL", r"discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,80}"),
    ),
    # Telegram, Bot API, "Authorizing your bot": the bot's number and 35 characters; in addresses after `/bot`.
    (b":AA", _format("Telegram bot token", r"(?:(?<![A-Za-z0-9])|(?<=/bot))[0-9]{8,10}:AA[A-Za-z0-9_-]{33}")),
    # Doppler, "Auth token formats": personal, CLI, service, service account, SCIM and audit tokens.
    (
        b"dp.",
        _format(
            "Doppler token", r"(?<![A-Za-z0-9_.])dp\.(?:pt|ct|st|sa|scim|audit)\.(?:[\w-]{1,40}\.)?[A-Za-z0-9]{40,44}"
        ),
    ),
    # HCP Terraform, "API tokens".
    (b".atlasv1.", _format("HCP Terraform token", r"(?<![A-Za-z0-9_.])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,80}")),
    # Google, "Using Gemini API keys": authentication keys begin with AQ.; "OAuth 2.0": access tokens with ya29.
    (b"AQ.", _format("Google authentication key", r"(?<![A-Za-z0-9_.-])AQ\.[A-Za-z0-9_-]{40,120}")),
    (b"ya29.", _format("Google access token", r"(?<![A-Za-z0-9_.-])ya29\.[A-Za-z0-9_-]{40,500}")),
    # HashiCorp Vault, "Tokens".
    (b"hvs.", _format("Vault token", r"(?<![A-Za-z0-9_.])hvs\.[A-Za-z0-9_-]{90,120}")),
)
"""Formats that end in a run of characters of tokens and begin before it, each with a text that it holds."""

ANYWHERE: tuple[tuple[bytes, Format], ...] = (
    # Slack, "Sending messages using incoming webhooks".
    (
        b"hooks.slack.com/",
        _format(
            "Slack webhook URL",
            r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9]{8,15}/[A-Z0-9]{8,20}/[A-Za-z0-9]{18,40}",
        ),
    ),
    # Azure Storage, "Configure connection strings": a 64-byte key in base64.
    (b"AccountKey=", _format("Azure storage account key", r"(?<=AccountKey=)[A-Za-z0-9+/]{86}==")),
)
"""Formats that may hold no long run, each with a text that it holds."""

# RFC 7468 (PEM), RFC 4716 (SSH), RFC 4880 (OpenPGP armour, whose headers hold parentheses). Its lines may be real or
# written as `\\n`. Code after a bare armour line is no body: it would hide the secrets in it.
PRIVATE_KEY = re.compile(
    rb"-----BEGIN (?P<what>(?:[A-Z0-9]+ ){0,2})PRIVATE KEY(?: BLOCK)?-----"
    rb"(?![\"'`]\s*[^\s\"'`+,.\\])"  # the literal may be put together with others, but not end here
    rb"(?P<body>(?:[^-;(){}]|-(?!----)|\([\w /.]+\)){64,20000})"
    rb"(?:-----END (?:[A-Z0-9]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----)?"
)
"""A private key with what stands between its armour lines."""

# RFC 7519: three parts in base64url; header and payload are JSON objects, whose text begins `{"`.
JWT = re.compile(rb"eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{10,1000}")
"""A JSON Web Token with its signature."""
