"""Characters that make a reader see something else than what was signed.

Validity does not ask for them: what is well-formed Unicode may be signed. Admission
refuses them in statements, and whoever shows a disclosed value refuses them there.
``scanner_web/verify/disclosure.js`` has the same rule for the browser.
"""

import unicodedata

from ledger.errors import CharacterError

# Unicode's property Bidi_Control: what makes a reader see another order than is signed.
_BIDI_CONTROLS = frozenset(
    map(chr, [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)


def check_characters(text: str, pointer: str) -> None:
    """Refuse control, bidirectional-control and non-characters, and what is not NFC.

    Raises:
        CharacterError: One of them; the text itself is not quoted.

    >>> check_characters("骆驼奶粉", "/name")
    """
    if text.isascii() and text.isprintable():
        return
    for character in text:
        code = ord(character)
        if (
            unicodedata.category(character) == "Cc"
            or character in _BIDI_CONTROLS
            or code & 0xFFFE == 0xFFFE
            or 0xFDD0 <= code <= 0xFDEF
        ):
            raise CharacterError(
                f"{pointer!a}: has U+{code:04X}, not shown or changing the order "
                "of what is; take it out",
                pointer=pointer,
            )
    if not unicodedata.is_normalized("NFC", text):
        raise CharacterError(
            f"{pointer!a}: not in Unicode's form NFC; normalise it before signing",
            pointer=pointer,
        )
