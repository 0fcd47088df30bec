"""Take credentials out of text that is about to be shown or stored."""

from .credentials.scan import may_hold, scan

SHOWN = 4
"""How many characters of a secret may be seen."""


def redacted(text: str, *, keep_width: bool = False) -> str:
    """`text` with every credential in it cut to its first four characters and `…`.

    For everything that leaves the program: source excerpts, evidence, remarks, remedies, messages, related notes. What
    a credential is says `reviewlint.credentials`: providers' formats, private keys, JWTs of the service role, literals
    under the name of a secret (also those that may be words), passwords in URLs.

    A secret can only be recognised whole, and a private key only with its first line: give this function the text of
    the whole file *before* taking lines from it or cutting it to a width. Line breaks are kept, so line n stays line n.
    With `keep_width` every other character is kept in number as well (`…` stands for each), so columns stay right.
    """
    data = text.encode("utf-8", "surrogatepass")
    found = scan(data, unquoted=True, uncertain=True)
    if not found:
        return text
    pieces: list[str] = []
    end = 0
    for credential in found:
        pieces.append(data[end : credential.start].decode("utf-8", "surrogatepass"))
        secret = data[credential.start : credential.end].decode("utf-8", "surrogatepass")
        pieces.append(_masked(secret) if keep_width else _shortened(secret))
        end = credential.end
    pieces.append(data[end:].decode("utf-8", "surrogatepass"))
    return "".join(pieces)


def may_hold_secret(text: str) -> bool:
    """Whether `redacted` may have something to take out; most texts have nothing, which this tells sooner."""
    return may_hold(text.encode("utf-8", "surrogatepass"))


def _shortened(secret: str) -> str:
    return secret[:SHOWN] + "…" + "\n" * secret.count("\n")


def _masked(secret: str) -> str:
    return secret[:SHOWN] + "".join(character if character in "\r\n" else "…" for character in secret[SHOWN:])
