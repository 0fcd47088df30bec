"""What a finding says, in one text: for formats that have room for one message."""

from ..finding import Finding
from ..printable import guarded, printable_lines


def message(finding: Finding, *, most: int | None = None) -> str:
    """Evidence, remark and remedy, paragraph by paragraph; cut to `most` characters."""
    paragraphs = [each for each in (finding.evidence, finding.remark) if each]
    if finding.remedy:
        paragraphs.append("Better:\n" + finding.remedy.strip("\n"))
    text = guarded("\n".join(printable_lines("\n\n".join(paragraphs))))
    return text if most is None or len(text) <= most else text[: most - 3] + "..."
