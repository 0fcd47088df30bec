"""Well-formed credentials that open nothing, made when asked for, so that no file of this project holds one.

For examples and tests. The same arguments always give the same text.
"""

import base64
import hashlib
import json
import string

BASE62 = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def token(prefix: str, length: int, alphabet: str = BASE62) -> str:
    """`prefix` and `length` characters of `alphabet` that look random."""
    stream = bytearray()
    while len(stream) < length:
        stream += hashlib.sha256(f"{prefix} {length} {len(stream)}".encode()).digest()
    return prefix + "".join(alphabet[byte % len(alphabet)] for byte in stream[:length])


def jwt(**claims: object) -> str:
    """A JSON Web Token with these claims; its signature is that of nobody."""
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
    return ".".join((*encoded, token("", 43)))


def supabase_jwt(role: str) -> str:
    """A JWT such as Supabase issues for a hosted project."""
    return jwt(iss="supabase", ref=token("", 20, string.ascii_lowercase), role=role, iat=1700000000, exp=2015576000)
