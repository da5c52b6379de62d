"""Write the shared vectors, or check that they are what would be written.

Each module of this package makes the files of ``tests/vectors/<its name>/`` with one
function, ``vectors() -> dict[str, object]``: file name to content. Contents depend on
nothing but the code: seeds are fixed, the clock is never asked. With ``--check``
nothing is written, and a file that differs, lacks or is left over is named.
"""

import difflib
import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import tests.support.make_vectors

VECTORS = Path(__file__).parents[2] / "vectors"

# Characters that a reader does not see, or that UTF-8 cannot hold: written as escapes.
# A fixed list, so that every Python writes the same files.
UNSEEN = re.compile(
    r"[\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff"
    r"\ud800-\udfff]"
)


def spell(content: object) -> str:
    """Return the one spelling of a vector file."""
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def makers() -> Iterator[str]:
    """Return the names of the modules that make vectors, in alphabetical order."""
    for module in sorted(
        found.name
        for found in pkgutil.iter_modules(tests.support.make_vectors.__path__)
    ):
        if not module.startswith("_"):
            yield module


def made() -> dict[Path, str]:
    """Return every file that the makers make, with its text."""
    texts = {}
    for name in makers():
        module = importlib.import_module(f"tests.support.make_vectors.{name}")
        for file, content in module.vectors().items():
            texts[VECTORS / name / file] = spell(content)
    return texts


def on_disk() -> dict[Path, str]:
    """Return the files of the folders that makers own, with their texts."""
    return {
        path: path.read_text(encoding="utf-8")
        for name in makers()
        for path in sorted((VECTORS / name).rglob("*"))
        if path.is_file()
    }


def check() -> int:
    """Name each file that is not what would be written; return how many there are."""
    want, got = made(), on_disk()
    wrong = sorted(path for path in want | got if want.get(path) != got.get(path))
    for path in wrong:
        name = path.relative_to(VECTORS.parent.parent).as_posix()
        if path not in want:
            print(f"{name}: no maker writes it")
        elif path not in got:
            print(f"{name}: missing")
        else:
            lines = difflib.unified_diff(
                got[path].splitlines(), want[path].splitlines(), name, "made", n=1
            )
            print("\n".join([*lines][:20]))
    print(f"make_vectors: {len(want)} files, {len(wrong)} differ")
    return len(wrong)


def write() -> None:
    """Write what differs and remove what no maker writes any more."""
    want, got = made(), on_disk()
    for path, text in want.items():
        if got.get(path) != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(VECTORS)}")
    for path in got.keys() - want.keys():
        path.unlink()
        print(f"removed {path.relative_to(VECTORS)}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            write()
        case ["--check"]:
            sys.exit(1 if check() else 0)
        case _:
            sys.exit("usage: python -m tests.support.make_vectors [--check]")
