"""Values that stand where a secret should: placeholders, references to one, names, words."""

import base64
import itertools
import math
import re
from collections import Counter

_MARKERS = re.compile(
    r"example|sample|placeholder|change[-_ ]?(?:me|this|it)|replace|your|dummy|fake|redacted|x{4}|todo|insert|"
    r"\*{3}|\.{3}|…|foobar|lorem|deadbeef|d34db33f|(?:abc|def|xyz)[-_]?\d{2,}|test(?:string|token|value)|not[-_]?a?[-_]?real|goes[-_]?here",
    re.I,
)
_WORDY_MARKERS = re.compile(
    r"test|demo|mock|stub|none|null|undefined|default|secret|passw|passphrase|admin|guest|root|postgres|local|"
    r"qwerty|letmein|welcome|login|qa|token|api[-_]?key|user|hello|credential|invalid|wrong|expired|valid|some|foo|bar|baz|"
    r"unused|ignored|hidden|mask|minio|docker|redis|mysql|rabbit|pass|pw|key|hunter2|abc|123|supabase|super|dev|temp",
    re.I,
)
_REFERENCE = re.compile(
    r"\$\{|\$\(|^\$\w+$|\{\{|\{[A-Za-z_][\w.]*\}|<[^<>]+>|%[({]|%[sd]|#\{|@@|"
    r"process\.env|os\.environ|import\.meta|(?i:getenv|env[.(:\[])|"
    r"^(?:arn|op|vault|ssm|secretsmanager|projects|file|data|https?|env|kms|sm|ref|doppler|urn|blob)[:/]|"
    r"^(?:workspace|npm|link|portal|patch|catalog|jsr):|"  # the version of a package that is called like a secret
    r"^(?:secrets?|vars|config|settings|self|this|props|request|req|ctx|context|params|args|options|opts|data)\.",
)
_PATTERN = re.compile(r"\[[^\]]+\](?:[+*?]|\{\d)|\\[dwsbSWD](?:[+*?]|\{\d)?|\(\?[:=!P<]|\(\w+(?:\|\w+)+\)")
"""A regular expression: a class or a shorthand that is repeated, or a group of choices. It describes secrets."""
_SPOKEN = re.compile(r"(?:[a-z]{2,12}[-_]){2,}(?:[a-z]{2,12}|\d{1,6})|(?:[A-Z]{2,12}[-_]){2,}(?:[A-Z]{2,12}|\d{1,6})")
"""Words and a number behind a provider's prefix, as in `xoxb-secret-bot-token-12345`, or `…_THIS_IS_NO_KEY`."""
_RUNS = "0123456789abcdefghijklmnopqrstuvwxyz", "9876543210zyxwvutsrqponmlkjihgfedcba", "qwertyuiopasdfghjklzxcvbnm"
_HASH = re.compile(
    r"^(?:\$(?:2[abxy]?|argon2\w*|5|6|1|y|pbkdf2[\w-]*|scrypt)\$|pbkdf2[_:]|scrypt:|sha\d+[$:-]|\{S?SHA)"
)
_NAME_LIKE = re.compile(
    r"""(?: [a-z]+(?:[-_.:/ ][a-z]+\d?)*      # words, paths, kebab-case
        | [A-Z][A-Z0-9]*(?:[-_./][A-Z0-9]+)+  # CONSTANT_CASE: the name of a variable, or of several
        | [A-Za-z][a-z]+(?:[A-Z][a-z]+)*\d?   # camelCase, PascalCase
        | [A-Z][a-z]+(?:[-_ ][A-Z]?[a-z]+)*   # Title-Case: a header
        | [A-Za-z]+(?:_[A-Za-z]+)+            # snake_case in any case
        | [\w-]+(?:\.[\w-]+){2,}              # a.dotted.path
        | (?:phc_|pk[._-]|chpt_|sb_publishable_).*  # public keys by their provider's word
        | [A-Za-z\d+/]{48}fHJlYWQ=  # the reading token of Nx Cloud (`…|read`), which is made to be committed
        | ey[JI].*                            # a JWT is judged by its claims
        | [\d.:,-]+                           # numbers, dates
        | [./~][\w./~-]*                      # a path
        | [a-z][a-z_-]{2,}/(?:[\w.-]+/)*(?:\d{1,4}|[a-z][a-z_-]{2,})/(?:[\w.-]+/)*[\w.-]+  # in folders of words, dates
        | [\w.+-]+@[\w-]+(?:\.[\w-]+)+        # an e-mail address
        )""",
    re.X,
)
_TYPED = 12
"""As many bytes are by chance all printable once in hundreds of thousands."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_LETTERS = re.compile(r"[A-Za-z]?[a-z]{3,}|[A-Z]{4,}")


def entropy(text: str) -> float:
    """Shannon's entropy of the characters, in bits a character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values()) if text else 0.0


def is_placeholder(body: str) -> bool:
    """Whether the variable part of a credential was plainly made up: a word that says so, a pattern, a repetition."""
    lowered = body.lower()
    return (
        _MARKERS.search(body) is not None
        or _REFERENCE.search(body) is not None
        or _SPOKEN.fullmatch(body) is not None
        or entropy(lowered) < min(2.9, 0.75 * math.log2(max(len(body), 2)))
        or _has_run(lowered, 7)
        or _is_sentence(body)
    )


def is_stand_in(value: str) -> bool:
    """Whether a value stands in for a secret, or is a common one that images and tutorials come with."""
    return (
        len(value) < 8
        or is_placeholder(value + "0aZ9kQ")
        or _NAME_LIKE.fullmatch(value) is not None
        or len(_WORDY_MARKERS.sub("", value)) < 4
        or re.fullmatch(r"(?i:true|false|https?://\S*|[\d.:]+)", value) is not None
    )


def looks_secret(value: str, kind: str) -> bool:
    """Whether a literal under the name of a secret of this kind (see `names.secret_kind`) is a value in earnest.

    Passwords need eight characters of several classes; keys and tokens sixteen that no one would type. What is mostly
    not ASCII is a sentence of an interface, in a language that puts no spaces between its words.
    """
    if (
        _MARKERS.search(value)
        or _REFERENCE.search(value)
        or _HASH.match(value)
        or _PATTERN.search(value)
        or _NAME_LIKE.fullmatch(value)
        or any(character.isspace() for character in value)
        or sum(not character.isascii() for character in value) > len(value) // 2
        or _has_run(value.lower(), 5)
        or _is_sentence(value)
    ):
        return False
    if kind == "password":
        if _UUID.fullmatch(value):  # what is called so, such as a password manager, and not what opens it
            return False
        left = _WORDY_MARKERS.sub("", value)
        classes = sum(bool(re.search(pattern, value)) for pattern in (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9_.-]"))
        return len(value) >= 8 and len(left) >= 6 and classes >= 2 and len(set(left)) >= 5 and not _wordy(value)
    if _UUID.fullmatch(value):
        return kind in ("API key", "secret", "secret key") and entropy(value) > 3
    digits = sum(character.isdigit() for character in value)
    changes = sum(a.islower() != b.islower() for a, b in itertools.pairwise(value) if a.isalpha() and b.isalpha())
    return (
        len(value) >= 16
        and re.search(r"[A-Za-z]", value) is not None
        and (digits >= 2 or changes >= 5)
        and entropy(value) >= (3.0 if re.fullmatch(r"[0-9a-fA-F]+", value) else 3.3)
        and not _wordy(value)
        and not re.search(r"test|demo|mock|dummy|local|invalid|secret|password|token|expired", value, re.I)
    )


def _is_sentence(value: str) -> bool:
    """Whether a value is base64 of what somebody typed, words or a row of digits, and nothing that a machine drew."""
    try:
        text = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("ascii")
    except ValueError:
        return False
    return len(text) >= _TYPED and text.isprintable() and (" " in text or _has_run(text.lower(), 7))


def _wordy(value: str) -> bool:
    """Whether the value is mostly made of words: runs of letters in one case, with vowels among them."""
    letters = sum(len(run) for run in _LETTERS.findall(value) if re.search(r"[aeiouy]", run, re.I))
    return letters >= 0.6 * len(value)


def _has_run(lowered: str, length: int) -> bool:
    """Whether `length` neighbours stand as in the alphabet, the digits or on a keyboard, forwards or backwards."""
    return any(lowered[start : start + length] in run for run in _RUNS for start in range(len(lowered) - length + 1))
