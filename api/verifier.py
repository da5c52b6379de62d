"""The saved verifier: one HTML file that judges a passport without server or network.

It holds the very modules that a page's script is made of, each whole and in its own
words; only `import` and `export`, which a file on a disk cannot use everywhere, become
comments beside what stands in their place. The same sources always give the same bytes,
so that its hash can be published. ``python -m api.verifier`` writes it to standard
output.
"""

import hashlib
import posixpath
import re
import sys
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.negotiation import FALLBACK_LANGUAGE, LANGUAGES
from api.texts import Texts, read_all_messages, spell_messages
from ledger.encoding import encode_base64

ENTRY: Final = "verifier.js"
NAME: Final = "verifier.html"

_IMPORT: Final = re.compile(
    r'^import (?P<names>\{[^{}]*\}|\* as \w+) from "(?P<path>\.{1,2}/[^"]+)";$', re.M
)
_PASSED_ON: Final = re.compile(
    r'^export (?P<names>\{[^{}]*\}) from "(?P<path>\.{1,2}/[^"]+)";$', re.M
)
_LATER: Final = re.compile(r'\bawait import\("(?P<path>\.{1,2}/[^"]+)"\)')
_LIST: Final = re.compile(r"^export \{(?P<names>[^{}]*)\};$", re.M)
_DECLARED: Final = re.compile(
    r"^export (?=(?:async )?(?:function|class|const) (?P<name>\w+))", re.M
)
_LEFT: Final = re.compile(r"^\s*(?:import|export)\b(?!\()|\bawait import\b", re.M)
# In which a library shows how it is imported.
_DOC: Final = re.compile(r"^/\*\*.*?\*/", re.M | re.S)
# What would end the script for a browser, wherever it stands.
_ENDS_SCRIPT: Final = re.compile(r"</script|<!--", re.I)

_USE: Final = """\
"use strict";
// Each module by its path, run when first used, as a browser does with its files.
const modules = new Map(), used = new Map();
const define = (path, run) => modules.set(path, run);
const use = (path) => {
  if (!used.has(path)) {
    const within = (other) => {
      const { pathname } = new URL(other, `file:///${path}`);
      return use(pathname.slice(1));
    };
    used.set(path, modules.get(path)(within));
  }
  return used.get(path);
};
"""


def make_verifier(folder: Path) -> bytes:
    """Return the saved verifier.

    Args:
        folder: Where the modules, texts, styles and templates are.

    Raises:
        ValueError: A module has what cannot be put into one file.
    """
    modules = _modules(folder)
    script = "\n".join(
        [_USE, *(_wrapped(path, text) for path, text in modules.items())]
    )
    script += f'\nuse("{ENTRY}");\n'
    style = "".join(
        (folder / name).read_text("utf-8") for name in ("style.css", "verifier.css")
    )
    messages = read_all_messages(folder / "locale")
    words = {lang: spell_messages(said).decode() for lang, said in messages.items()}
    for text in (script, *words.values()):
        if _ENDS_SCRIPT.search(text):
            raise ValueError("verifier: a text that would end its script")
    policy = (
        f"default-src 'none'; script-src 'sha256-{_digest(script)}'; "
        f"style-src 'sha256-{_digest(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    environment = Environment(
        loader=FileSystemLoader(folder / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template(NAME).render(
        t=Texts(FALLBACK_LANGUAGE, messages[FALLBACK_LANGUAGE]),
        content_security_policy=policy,
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        words={lang: Markup(text) for lang, text in words.items()},  # noqa: S704
        languages=LANGUAGES.values(),
    )
    return page.encode()


def inlined(text: str) -> str:
    r"""Return a module's source with its imports and exports as comments.

    Raises:
        ValueError: It imports or exports in a way that is not known here.

    >>> print(inlined('import { a, b as c } from "./x.js";\nexport const d = a + c;'))
    /* import */ const { a, b: c } = use("./x.js");
    /* export */ const d = a + c;
    """

    def imported(found: re.Match[str]) -> str:
        return f'/* import */ const {_bound(found["names"])} = use("{found["path"]}");'

    def passed_on(found: re.Match[str]) -> str:
        return f'/* export */ const {_bound(found["names"])} = use("{found["path"]}");'

    text = _IMPORT.sub(imported, text)
    text = _PASSED_ON.sub(passed_on, text)
    text = _LATER.sub(lambda found: f'await /* import */ use("{found["path"]}")', text)
    text = _LIST.sub(lambda found: f"/* {found[0]} */", text)
    text = _DECLARED.sub("/* export */ ", text)
    code = _DOC.sub(lambda found: "\n" * found[0].count("\n"), text)
    left = _LEFT.search(code)
    if left is not None:
        line = code.count("\n", 0, left.start()) + 1
        raise ValueError(f"line {line}: an import or export that is not known here")
    return text


def _bound(names: str) -> str:
    """Return what is bound by an import, as a declaration spells it."""
    if names.startswith("*"):
        return names.removeprefix("* as ")
    return re.sub(r"\b(\w+) as (\w+)\b", r"\1: \2", names)


def _wrapped(path: str, text: str) -> str:
    """Return a module as a function that gives what it exports."""
    names = [found["name"] for found in _DECLARED.finditer(text)]
    for found in (*_LIST.finditer(text), *_PASSED_ON.finditer(text)):
        names += re.findall(r"\w+", found["names"])
    try:
        inner = inlined(text)
    except ValueError as error:
        raise ValueError(f"{path}, {error}") from error
    exports = ", ".join(sorted(names))
    return (
        f'// ==== {path}\ndefine("{path}", (use) => {{\n{inner.rstrip()}\n'
        f"return {{ {exports} }};\n}});\n"
    )


def _modules(folder: Path) -> dict[str, str]:
    """Return the entry module after all that it needs, by path.

    Raises:
        ValueError: Two of them need each other.
    """
    found: dict[str, str] = {}

    def visit(path: str, above: tuple[str, ...]) -> None:
        if path in above:
            raise ValueError(f"{path}: imports itself, by way of {above[-1]}")
        if path in found:
            return
        text = (folder / path).read_text("utf-8")
        for pattern in (_IMPORT, _PASSED_ON, _LATER):
            for match in pattern.finditer(text):
                joined = posixpath.join(posixpath.dirname(path), match["path"])
                visit(posixpath.normpath(joined), (*above, path))
        found[path] = text

    visit(ENTRY, ())
    return found


def _digest(text: str) -> str:
    return encode_base64(hashlib.sha256(text.encode()).digest())


if __name__ == "__main__":
    home = Path(__file__).parent.parent / "scanner_web"
    sys.stdout.buffer.write(make_verifier(home))
