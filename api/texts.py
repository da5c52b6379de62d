"""The words of the pages: a flat JSON file a language, shared with the script."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
from markupsafe import Markup

# Texts that only the server writes; the script needs none of them.
_SERVER_TEXTS = ("site.", "start.", "footer.", "refusal.", "page.")

_PLACE = re.compile(r"(\.[0-9]+)+$")


class Texts:
    """The words of one language."""

    def __init__(self, lang: str, messages: Mapping[str, str]) -> None:
        """Keep the messages by their keys."""
        self.lang = lang
        self.messages = messages

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its blanks filled in; a missing one shows its key."""
        text = self.messages.get(key, key)
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def label(self, fact: str) -> str:
        """Return the word in front of a fact: ``label.quantity`` for ``quantity.0``."""
        return self(f"label.{_PLACE.sub('', fact)}")

    def for_script(self) -> Markup:
        """Return the texts as JSON that can stand inside a script element."""
        wanted = {
            key: text
            for key, text in self.messages.items()
            if not key.startswith(_SERVER_TEXTS)
        }
        # With no "<" in it, nothing in the JSON can end the element or begin another.
        packed = msgspec.json.encode(wanted).replace(b"<", b"\\u003c")
        return Markup(packed.decode("utf-8"))  # noqa: S704


def read_messages(file: Path) -> Mapping[str, str]:
    """Return the texts of one language."""
    return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
