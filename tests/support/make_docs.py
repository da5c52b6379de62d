"""Write what the docs copy from elsewhere, or check that it is what would be written.

In docs/formats.md a line ``<!-- vector: FILE CASE MEMBER -->`` is followed by a block
with what that member of that case of the shared vectors is; in docs/trust.md the line
``<!-- verifier -->`` by the hash of the saved verifier. With ``--check`` nothing is
written.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

from api.verifier import NAME, make_verifier

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/formats.md"
TRUST = ROOT / "docs/trust.md"
MARKER = re.compile(
    r"<!-- vector: (?P<file>\S+) (?P<case>\S+) (?P<member>\S+) -->\n"
    r"(?:\n```\n(?:.*\n)*?```\n)?"
)

VERIFIER = re.compile(r"<!-- verifier -->\n(?:\n```\n(?:.*\n)*?```\n)?")


def example(found: re.Match[str]) -> str:
    """Return a marker with its block."""
    file = ROOT / "tests/vectors" / found["file"]
    cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
    (case,) = (case for case in cases if case["name"] == found["case"])
    value = case[found["member"]]
    text = value if isinstance(value, str) else json.dumps(value, indent=1)
    marker = found[0].partition("\n")[0]
    return f"{marker}\n\n```\n{text.rstrip()}\n```\n"


def verifier():
    """Return the marker with the line that ``sha256sum --check`` takes."""
    digest = hashlib.sha256(make_verifier(ROOT / "scanner_web")).hexdigest()
    return f"<!-- verifier -->\n\n```\n{digest}  {NAME}\n```\n"


def made():
    """Return each document with what it copies written anew."""
    formats, trust = (file.read_text(encoding="utf-8") for file in (DOCUMENT, TRUST))
    return {
        DOCUMENT: MARKER.sub(example, formats),
        TRUST: VERIFIER.sub(lambda _: verifier(), trust),
    }


def stale():
    """Return the documents that are not what would be written."""
    return [
        file.relative_to(ROOT).as_posix()
        for file, text in made().items()
        if text != file.read_text(encoding="utf-8")
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(", ".join(stale()) or 0)
    for file, text in made().items():
        file.write_text(text, encoding="utf-8")
