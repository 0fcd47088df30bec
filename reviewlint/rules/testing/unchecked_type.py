"""A change tells the type checker to look away, and does not say why.

`any` and `# type: ignore` switch the checker off for everything that the value touches from there on. Sometimes there
is no other way, a library without types, a bug of the checker; then half a sentence beside it tells the next person
when it can go. Without one it stays for ever.

Asked of changes alone: what is there already is a matter of the baseline, not of the person who passes by.
"""

from collections.abc import Iterator

from ...facts.code import TypeEscape
from ...facts.file import Side
from ...finding import Finding
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("TypeEscape",),
    level="strict",
    asked_by="F E",
)

_PROGRAM = (Side.SERVER, Side.EDGE, Side.BROWSER, Side.OTHER)


def check(project: Project) -> Iterator[Finding]:
    """Each line of the change that looks away without a reason, once."""
    said: set[tuple[str, int]] = set()
    for escape in project.facts(TypeEscape, *_PROGRAM):
        place = (escape.at.path, escape.at.line)
        if not escape.reason and project.change is not None and project.change.touches(escape.at) and place not in said:
            said.add(place)
            yield Finding(
                escape.at,
                evidence=f"`{escape.text}` is new here, and nothing says why.",
                remedy="Name the type: `unknown` and a check where it is not known yet."
                if escape.text == "any"
                else "Mend the type, or say beside it what has to happen before this can go.",
                slots={"text": escape.text},
            )


REMARK = "`{text}` ends all checking of what flows through here. Name the type, or write down why it cannot be named."

EXAMPLES = [
    """
=== base app/orders.py
import legacy


def total(order: dict[str, int]) -> int:
    return legacy.sum(order)  # type: ignore

=== app/orders.py
import legacy


def total(order: dict[str, int]) -> int:
    return legacy.sum(order)  # type: ignore


def tax(order: dict[str, int]) -> int:
    return legacy.tax(order)  # type: ignore[no-any-return]  # <-- an error's code is no reason


def due(order: dict[str, int]) -> int:
    # legacy ships no types before 3.0
    return legacy.due(order)  # type: ignore[no-any-return]


def paid(order: dict[str, int]) -> int:
    return legacy.paid(order)  # type: ignore[no-any-return] # gone with legacy 3.0
""",
    """
=== base src/orders.ts
export function first(order: any) { return order.lines[0] }

=== src/orders.ts
export function first(order: any) { return order.lines[0] }
export function last(order: any, more: any) { return order.lines.at(-1) } // <-- new
// the gateway's client has no types yet
export function send(client: any) { return client.send() }
// @ts-ignore // <-- why?
export const total: number = sum()
// @ts-expect-error the gateway's types lag behind its API
export const rest: number = left()
const company = 'any'
""",
    """
=== base src/orders.ts
export const total = 1

=== src/orders.ts
export const total = 2

=== src/orders.test.ts
it('takes anything', () => { expect(first({} as any)).toBe(undefined) })

=== app/orders.py
# type: the kind of an order
def kind(order: dict[str, str]) -> str:
    return order["type"]  # type of the order, ignore the rest
""",
]
