"""Copy the examples of docs/formats.md from the shared vectors, or check that they are.

A line ``<!-- vector: FILE CASE MEMBER -->`` is followed by a block with what that
member of that case is. With ``--check`` nothing is written.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/formats.md"
MARKER = re.compile(
    r"<!-- vector: (?P<file>\S+) (?P<case>\S+) (?P<member>\S+) -->\n"
    r"(?:\n```\n(?:.*\n)*?```\n)?"
)


def example(found: re.Match[str]) -> str:
    """Return a marker with its block."""
    file = ROOT / "tests/vectors" / found["file"]
    cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
    (case,) = (case for case in cases if case["name"] == found["case"])
    value = case[found["member"]]
    text = value if isinstance(value, str) else json.dumps(value, indent=1)
    marker = found[0].partition("\n")[0]
    return f"{marker}\n\n```\n{text.rstrip()}\n```\n"


def made() -> str:
    """Return the document with every example copied anew."""
    return MARKER.sub(example, DOCUMENT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    text = made()
    if "--check" in sys.argv:
        sys.exit(text != DOCUMENT.read_text(encoding="utf-8"))
    DOCUMENT.write_text(text, encoding="utf-8")
