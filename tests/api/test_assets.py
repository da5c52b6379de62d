import re
from pathlib import Path

import pytest

from api.texts import COMMON, OF_OTHER_PAGES
from api.verifier import make_verifier

SCANNER_WEB = Path(__file__).parents[2] / "scanner_web"


def test_a_script_is_served_as_it_was_written(reader):
    answer = reader.get("/assets/app.js", accept_encoding="identity")

    assert answer.content == (SCANNER_WEB / "app.js").read_bytes()
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("style.css", "text/css; charset=utf-8"),
        ("locale/zh.json", "application/json"),
        ("vendor/noble-ed25519/index.js", "text/javascript; charset=utf-8"),
        ("built/page.js", "text/javascript; charset=utf-8"),
        ("verify/merkle.js", "text/javascript; charset=utf-8"),
    ],
)
def test_each_kind_has_its_content_type(reader, path, media_type):
    assert reader.get(f"/assets/{path}").headers["content-type"] == media_type


def test_what_has_not_changed_is_not_sent_again(reader):
    first = reader.get("/assets/app.js")

    again = reader.get("/assets/app.js", if_none_match=first.headers["etag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    ("taken", "coding"),
    [("br, gzip", "br"), ("gzip, br;q=0.1", "br"), ("br;q=0, gzip", "gzip")],
)
def test_what_is_compressed_goes_to_who_takes_it_and_to_nobody_else(
    reader, taken, coding
):
    packed = reader.get("/assets/verify/verify.js", accept_encoding=taken)
    plain = reader.get("/assets/verify/verify.js", accept_encoding="gzip;q=0")

    assert packed.headers["content-encoding"] == coding
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2


@pytest.mark.parametrize("lang", ["en", "zh", "ug", "kk"])
def test_the_script_of_a_page_is_given_the_words_that_it_may_need(reader, lang):
    whole = reader.get(f"/assets/locale/{lang}.json").json()
    first = reader.get(f"/assets/words/{lang}.json").json()
    later = reader.get(f"/assets/words/{lang}.later.json").json()
    given = first | later
    script = "".join(
        (SCANNER_WEB / f"built/{name}.js").read_text("utf-8")
        for name in ("page", "rest", "sums")
    )

    assert not first.keys() & later.keys()
    left_out = whole.keys() - given.keys()
    assert {key: whole[key] for key in given} == given
    # Of look-ups the script knows the title, beside which it compares nothing.
    families = {key.partition(".")[0] for key in left_out}
    assert families <= OF_OTHER_PAGES | {"lookups"}
    assert "lookups.title" in first
    for family in OF_OTHER_PAGES:
        assert not re.search(rf"""["'`]{family}\.[a-z]""", script), family


def test_the_script_knows_of_which_families_it_has_the_common_words_alone():
    families = "|".join(sorted(COMMON))

    assert f"/^({families})\\./" in (SCANNER_WEB / "scan.js").read_text("utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "templates/subject.html",
        "vendor/README.md",
        "vendor/noble-ed25519/LICENSE",
        "verify/jsconfig.json",
        "verify/globals.d.ts",
        "../pyproject.toml",
        "%2e%2e/pyproject.toml",
        "..%2fpyproject.toml",
        "verify%2fmerkle.js",
        "/etc/passwd",
        "//app.js",
        "%61pp.js",
        "app.js/",
        "APP.JS",
        "",
        "locale",
    ],
)
def test_nothing_else_is_served(reader, path):
    assert reader.get(f"/assets/{path}").status_code == 404


def test_the_saved_verifier_is_a_file_to_keep(reader):
    answer = reader.get("/verifier.html", accept_encoding="gzip")
    plain = reader.get("/verifier.html", accept_encoding="identity")

    assert answer.content == plain.content == make_verifier(SCANNER_WEB)
    assert answer.headers["content-disposition"] == (
        'attachment; filename="verifier.html"'
    )
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert int(answer.headers["content-length"]) < len(plain.content) / 2
