"""What an argument of a call holds, as written, without the words of its texts: only what they put in."""

import re

_ASKED = re.compile(r"(?<=[\w)\]])\.get\(\s*([\"'])([\w-]+)\1[^()]*\)")
"""`data.get("password")`, which is `data["password"]`."""
_STRINGS = re.compile(r"(?<![\[\w])([fFrRbBuU]*)(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
_TEMPLATE = re.compile(r"\$?\{([^{}]*)\}")


def without_texts(text: str) -> str:
    """An argument without what stands in its strings, except for what is interpolated."""
    inner = _inserted(text) if "`" in text else text
    return _STRINGS.sub('""', _ASKED.sub(r'["\2"]', _STRINGS.sub(_interpolated, inner)))


def _inserted(text: str) -> str:
    """Code with what its template literals put in instead of them, also where one stands in another."""
    written: list[str] = []
    braces: list[int] = []  # of each literal around: how many are open in what it puts in, -1 in its words
    place = 0
    while place < len(text):
        one, words = text[place], bool(braces) and braces[-1] < 0
        if one == "`":
            written.append(" ")
            braces.pop() if words else braces.append(-1)
        elif words:
            place += one == "\\"
            if text.startswith("${", place):
                braces[-1], place = 0, place + 1
        elif braces and one == "}" and not braces[-1]:
            braces[-1] = -1
            written.append(", ")
        else:
            if braces:
                braces[-1] += (one == "{") - (one == "}")
            written.append(one)
        place += 1
    return "".join(written)


def _interpolated(string: re.Match[str]) -> str:
    """What an f-string puts in; any other as it is."""
    return " ".join(_TEMPLATE.findall(string[0])) if "f" in string[1].lower() else string[0]
