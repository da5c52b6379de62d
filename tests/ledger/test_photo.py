"""Photos are taken in without what tells where they were taken."""

import base64

import pytest

from ledger.disclosure import check_value
from ledger.errors import MalformedError
from ledger.photo import MAX_PHOTO_BYTES, check_photo, photo_uri
from tests.support.vectors import outcome


def segment(marker, body=b""):
    return b"\xff" + bytes([marker]) + (len(body) + 2).to_bytes(2, "big") + body


def jpeg(*segments, picture=b"\x12\x34"):
    return b"\xff\xd8" + b"".join(segments) + segment(0xDA) + picture + b"\xff\xd9"


def chunk(kind, body=b""):
    return len(body).to_bytes(4, "big") + kind + body + bytes(4)


def png(*chunks):
    body = b"".join(chunks)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + body + chunk(b"IEND")


def webp(*chunks):
    body = b"WEBP" + b"".join(
        kind + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)
        for kind, data in chunks
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


JFIF = segment(0xE0, b"JFIF\0")
EXIF = b"Exif\0\0MM\0*"

TAKEN = {
    "jpeg": jpeg(JFIF, segment(0xDB, bytes(65)), segment(0xE2, b"ICC_PROFILE\0")),
    "jpeg-with-fill-bytes": jpeg(JFIF, b"\xff", segment(0xDB)),
    "png": png(chunk(b"IDAT", b"tEXt eXIf")),
    "webp": webp((b"VP8 ", b"odd"), (b"ALPH", b"even")),
}
METADATA = {
    "jpeg-exif": jpeg(JFIF, segment(0xE1, EXIF)),
    "jpeg-xmp": jpeg(JFIF, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0")),
    "jpeg-iptc": jpeg(JFIF, segment(0xED, b"Photoshop 3.0\0")),
    "jpeg-comment": jpeg(segment(0xFE, b"at home")),
    "jpeg-behind-the-picture": jpeg(JFIF) + jpeg(segment(0xE1, EXIF)),
    "png-exif": png(chunk(b"eXIf", b"MM\0*")),
    "png-text": png(chunk(b"tEXt", b"Comment\0at home")),
    "png-international-text": png(chunk(b"iTXt", b"XML:com.adobe.xmp\0")),
    "png-time": png(chunk(b"tIME", bytes(7))),
    "webp-exif": webp((b"VP8 ", b"even"), (b"EXIF", b"MM\0*")),
    "webp-xmp": webp((b"VP8 ", b"odd"), (b"XMP ", b"<x/>")),
}
CUT = {
    "jpeg": jpeg(JFIF)[:12],
    "jpeg-without-a-marker": b"\xff\xd8\xff\xe0\0\2 no marker",
    "png": png(chunk(b"IDAT", b"xx"))[:-4],
    "png-with-more-behind": png() + b"more",
    "webp": webp((b"VP8 ", b"even"))[:-2],
}


@pytest.mark.parametrize("data", TAKEN.values(), ids=TAKEN)
def test_a_photo_alone_is_taken(data):
    check_photo(photo_uri(data))


@pytest.mark.parametrize("data", METADATA.values(), ids=METADATA)
def test_a_photo_with_metadata_is_refused(data):
    assert outcome(check_photo, photo_uri(data)) == "refused"


@pytest.mark.parametrize("data", CUT.values(), ids=CUT)
def test_a_photo_cut_short_is_malformed(data):
    assert outcome(check_photo, photo_uri(data)) == "malformed"


def test_a_photo_is_of_the_format_that_it_names():
    named = photo_uri(png()).replace("image/png", "image/jpeg")

    assert outcome(check_photo, named) == "malformed"


@pytest.mark.parametrize("data", [jpeg(JFIF), png(), webp()])
def test_the_largest_file_is_the_largest_that_may_be_shown(data):
    largest = data + bytes(MAX_PHOTO_BYTES - len(data))

    check_value("photo", photo_uri(largest))
    with pytest.raises(MalformedError, match=r"got 49,135 bytes, want at most 49,134"):
        photo_uri(largest + b"\0")
    name = photo_uri(data).partition(",")[0]
    longer = base64.b64encode(largest + b"\0").decode()
    assert outcome(check_value, "photo", f"{name},{longer}") == "malformed"


def test_what_is_no_photo_is_malformed():
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"

    assert outcome(photo_uri, svg) == "malformed"
    uri = f"data:image/png;base64,{base64.b64encode(svg).decode()}"
    assert outcome(check_photo, uri) == "malformed"
