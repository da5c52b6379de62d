import re
from html.parser import HTMLParser

import msgspec
import pytest

from ledger.event import parse_event
from ledger.facts import event_facts
from ledger.passport import parse_passport
from tests.api.ledgers import (
    ANIMAL,
    GTIN,
    HERD,
    HOST,
    LOT,
    ORIGIN,
    damage,
    event,
    milking,
    packing,
)
from tests.api.test_locale import CHINESE, ENGLISH

VOID = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    """What a page holds: elements with their attributes and their text."""

    def __init__(self, answer):
        super().__init__()
        self.open, self.elements, self.articles = [], [], {}
        self.feed(answer.text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        element = {"tag": tag, "text": "", **named}
        self.elements.append(element)
        article = next((e for e in self.open if e["tag"] == "article"), None)
        if "data-fact" in named and article is None:
            # Whatever is compared stands where it is compared.
            assert any("data-block" in e or "data-whole" in e for e in self.open)
        elif "data-fact" in named:
            facts = self.articles.setdefault(int(article["data-index"]), [])
            facts.append((named["data-fact"], element))
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def find(self, **wanted):
        named = {key.replace("_", "-"): value for key, value in wanted.items()}
        return [e for e in self.elements if named.items() <= e.items()]

    def facts(self, index):
        return [(name, e["text"].strip()) for name, e in self.articles.get(index, [])]

    def order(self):
        return [int(e["data-index"]) for e in self.find(tag="article")]


def read(client, path="/id/animal/7", **headers):
    return Page(client.get(path, **headers))


def test_a_page_says_what_it_is_about_and_where_it_stands(client, log):
    client.post(event())

    page = read(client)

    (main,) = page.find(tag="main")
    assert main["data-subject"] == ANIMAL
    assert main["data-lang"] == "en"
    assert main["data-size"] == str(log.size)
    (verdict,) = page.find(id="verdict")
    assert verdict["data-state"] == "checking"
    assert (verdict["role"], verdict["aria-live"]) == ("status", "polite")
    assert ENGLISH["page.verdict.noscript"] in verdict["text"]
    assert [e["text"] for e in page.find(data_part="own")] == [ANIMAL]


def test_every_fact_of_every_statement_is_shown_once_and_nothing_else(client):
    index = client.post(milking(kilograms="0")).json()["index"]
    lot = "/01/09520123456788/10/L%2F1"

    page = read(client, lot)
    told = client.get(f"/entries/{index}").json()

    expected = event_facts(
        parse_event(
            msgspec.json.decode(client.get(f"/entries/{index}").content)["body"],
            host=HOST,
        ),
        index=index,
        who="Green Oasis",
        log_time=told["log_time"],
        flags=[],
        lang="en",
        messages=ENGLISH,
        signed_by=[HERD.vkey.label],
    )
    shown = dict(page.facts(index))
    assert len(shown) == len(page.facts(index))
    for name, text in expected:
        assert shown[name] == text
    added = {"about.0", "record", "flag.zero-value"}
    assert set(shown) - dict(expected).keys() == added


def test_steps_stand_in_the_order_in_which_they_happened(client):
    times = [
        "2026-06-11T23:00:00+08:00",
        "2026-06-11T12:00:00+08:00",
        "2026-06-11T09:00:00Z",
    ]
    notes = [event(n, eventTime=time) for n, time in enumerate(times)]
    first = client.post_many(notes).json()[0]["index"]

    assert read(client).order() == [first + 1, first + 2, first]


def test_the_page_and_the_passport_are_about_the_same_statements(client):
    client.post_many([event(number) for number in range(4)])

    page = read(client)
    passport = parse_passport(client.get(f"/passport?subject={ANIMAL}").content)

    (main,) = page.find(tag="main")
    assert int(main["data-size"]) == passport.entries[-1][0] + 1
    events = {i for i, entry in passport.entries if b"\nevent\n" in entry}
    assert set(page.order()) == events


@pytest.mark.parametrize(
    ("asked", "browser", "html"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("", "de,en-GB;q=0.5,zh;q=0.1", "en"),
        ("", "zh-TW;q=0.4, en;q=0.4", "zh-Hans"),
        ("", "ug-CN,ug;q=0.9,zh;q=0.8", "ug"),
        ("", "fr,ug;q=0.1", "ug"),
        ("", "kk-Arab-CN", "kk-Arab"),
        ("", "kk-CN,zh;q=0.8", "kk-Arab"),
        ("", "kk", "kk-Arab"),
        # Kazakh in Cyrillic, which no page has, only if nothing else is asked for.
        ("", "kk-KZ,kk-Cyrl;q=0.9", "kk-Arab"),
        ("", "kk-KZ,ru;q=0.9,en;q=0.2", "en"),
        ("", "kk-KZ;q=0", "en"),
        ("", "de", "en"),
        ("?lang=ug", "zh", "ug"),
        ("?lang=kk", "zh", "kk-Arab"),
        ("", "zh;q=0", "en"),
        ("?lang=zh", "en", "zh-Hans"),
        ("?lang=en", "zh", "en"),
        ("?lang=%3Cb%3E", "zh", "zh-Hans"),
        ("?lang=", ";;q=,,=", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_browsers(
    reader, asked, browser, html
):
    page = read(reader, f"/id/animal/7{asked}", accept_language=browser)

    (root,) = page.find(tag="html")
    assert root["lang"] == html
    assert root["dir"] == ("rtl" if html in {"ug", "kk-Arab"} else "ltr")


def test_each_other_language_is_one_link_away_without_a_script(reader):
    page = read(reader, "/id/animal/7?lang=en")
    for tag, lang in (("ug", "ug"), ("kk-Arab", "kk")):
        (link,) = page.find(hreflang=tag)
        assert link["href"] == f"/id/animal/7?lang={lang}"
        assert link["lang"] == tag
    (link,) = page.find(hreflang="zh-Hans")

    assert link["href"] == "/id/animal/7?lang=zh"
    page = read(reader, link["href"])
    assert CHINESE["step.inspecting"] in page.find(tag="h3")[0]["text"]


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("*/*", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("application/json", True),
        ("application/json, text/html;q=0.9", True),
        ("application/json;q=0.2, */*", False),
        ("image/png", False),
        ("", False),
        ("application/json;q=x", False),
    ],
)
def test_who_asks_for_json_gets_the_passport(reader, accept, is_json):
    answer = reader.get("/id/animal/7", accept=accept)

    if is_json:
        assert parse_passport(answer.content).subject == ANIMAL
    else:
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "accept" in answer.headers["vary"].lower()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/id/animal/unheard-of", 404),
        ("/01/09520123456788", 404),
        ("/01/09520123456789", 400),
        ("/01/09520123456788/99/x", 400),
        ("/01/09520123456788/10", 400),
        ("/id/Animal/7", 400),
        ("/id/animal//7", 400),
        ("/id/%3Cscript%3E", 400),
        ("/id/%ff%fe", 400),
        ("/00/1", 400),
        ("/id/", 400),
    ],
)
def test_a_path_that_names_nothing_is_a_page_or_a_problem_as_asked(
    reader, path, status
):
    page = reader.get(path)
    problem = reader.get(path, accept="application/json")

    assert page.status_code == problem.status_code == status
    assert "<h1>" in page.text
    assert "<script" not in page.text
    assert problem.json()["status"] == status


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_browser_that_asks_for_nothing_we_have_gets_a_page(reader, lang):
    words = {"en": ENGLISH, "zh": CHINESE}[lang]
    answer = reader.get(f"/foo/bar?lang={lang}", accept="text/html,*/*;q=0.8")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert words["refusal.path"] in answer.text
    assert words["refusal.hint.path"] in answer.text


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html;q=0"])
def test_whoever_does_not_name_a_page_gets_a_problem_there(reader, accept):
    answer = reader.get("/foo/bar", accept=accept)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/id/animal/7/", "/id/animal/7"),
        ("/id/animal/7/?lang=zh", "/id/animal/7?lang=zh"),
        ("/01/09520123456788/10/L%2F1/", "/01/09520123456788/10/L%2F1"),
    ],
)
def test_a_slash_after_a_code_leads_to_its_one_spelling(reader, path, to):
    answer = reader.get(path)

    assert (answer.status_code, answer.headers["location"]) == (308, to)


@pytest.mark.parametrize(
    "path", ["/id/animal/7//", "/id/", "/01/", "/01/1/", "/01/09520123456788/10/"]
)
def test_a_slash_after_something_else_leads_nowhere(reader, path):
    assert reader.get(path).status_code == 400


def test_a_wrong_code_is_explained_in_the_readers_language(reader):
    page = reader.get("/01/09520123456789?lang=zh")

    assert CHINESE["code.identifier"] in page.text


def test_an_encoded_slash_is_part_of_the_lot(client):
    client.post(milking())

    page = read(client, "/01/09520123456788/10/L%2F1")

    (main,) = page.find(tag="main")
    assert main["data-subject"] == LOT
    assert [e["text"].strip() for e in page.find(data_part="10")] == ["L/1"]
    assert client.get("/01/09520123456788/10/L/1").status_code == 400


def test_a_code_with_lot_and_serial_is_about_the_serial_and_leads_to_the_lot(client):
    client.post(packing())

    answer = client.get("/01/09520123456788/10/L%2F1/21/s1?lang=en")
    page = Page(answer)

    assert answer.status_code == 200
    (main,) = page.find(tag="main")
    assert main["data-subject"] == f"{GTIN}/21/s1"
    assert [e["text"] for e in page.find(data_part="10")] == ["L/1"]
    assert page.find(
        tag="a", href="/01/09520123456788/10/L%2F1?lang=en", data_fact="member.0"
    )


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/01/09520123456788/10/L2/21/s1", "lot"),
        ("/01/09520123456788/10/L%2F1/21/never", "lot"),
        ("/01/09520123456788/21/never", "none"),
    ],
)
def test_a_serial_that_was_not_packed_there_has_a_whole_page_and_is_not_found(
    client, path, told
):
    client.post(packing())

    answer = client.get(f"{path}?lang=en")
    page = Page(answer)

    assert answer.status_code == 404
    (title,) = page.find(tag="p", **{"class": "verdict-title"})
    assert title["text"] == ENGLISH[f"page.verdict.not-packed.{told}"]
    assert page.find(src="/assets/built/page.js")
    assert ENGLISH["page.verdict.claim"] in page.find(tag="noscript")[0]["text"]


def recall(number=30, **members):
    return event(number, **{"disposition": "recalled", "epcList": None} | members)


def test_a_recall_of_the_lot_is_the_first_thing_on_the_page_of_a_pouch(client):
    client.post(packing())
    index = client.post(recall(quantityList=[{"epcClass": LOT}])).json()["index"]

    page = read(client, "/01/09520123456788/10/L%2F1/21/s1?lang=en")

    (verdict,) = page.find(id="verdict")
    assert (verdict["data-state"], verdict["data-alarm"]) == ("checking", "recalled")
    (title,) = page.find(tag="p", **{"class": "verdict-title"})
    assert title["text"] == ENGLISH["alarm.title.recalled"]
    shown = {e["data-fact"]: e for e in page.elements if "data-fact" in e}
    assert shown["alarm.0"]["text"] == ENGLISH["disposition.recalled"]
    assert shown["alarm.0.what"]["text"] == "Lot L/1"
    assert shown["alarm.0.how"]["text"] == ENGLISH["relation.lot"]
    assert shown["alarm.0.who"]["text"] == "Green Oasis"
    assert shown["alarm.0.record"]["href"] == f"#entry-{index}"
    assert ENGLISH["page.verdict.claim"] in page.find(tag="noscript")[0]["text"]


def test_who_has_no_say_about_it_stands_apart_and_recalls_nothing(client):
    index = client.post(recall(quantityList=None, epcList=[ANIMAL])).json()["index"]

    page = read(client, "/id/animal/7?lang=en")

    (apart,) = page.find(id="apart")
    assert ENGLISH["page.apart.hint"] in apart["text"]
    assert page.order() == [index]
    assert ENGLISH["disposition.recalled"] in apart["text"]
    (verdict,) = page.find(id="verdict")
    assert "data-alarm" not in verdict


def test_a_party_has_its_directory_statements_and_apart_what_it_may_name(client):
    client.post(event())

    page = read(client, "/id/party/green-oasis")

    steps = [dict(page.facts(index))["step"] for index in page.order()]
    assert steps == [ENGLISH["action.admit"], ENGLISH["action.authorize"]]
    (unchecked,) = page.find(id="unchecked")
    assert ENGLISH["page.unchecked.title"] in unchecked["text"]
    assert page.find(tag="a", href="/id/animal/7?lang=en")


def test_the_start_page_says_which_ledger_this_is(client, log):
    page = client.get("/")

    assert ORIGIN in page.text
    assert log.checkpoint().decode().split("\n")[2] in page.text.replace("&#43;", "+")
    assert "Green Oasis" in page.text


ATTACK = "</script><img src=x onerror=alert(1)>&\"'"


def test_no_text_from_a_statement_becomes_markup(client):
    source = {"record": ATTACK, "register": "</dd><b>"}
    answer = client.post(event(**{"caravan:source": source}))
    assert answer.status_code == 201, answer.text

    page = read(client)

    shown = dict(page.facts(answer.json()["index"]))
    assert shown["source"] == f"</dd><b> · {ATTACK}"
    assert page.find(tag="img") == page.find(tag="b") == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_words_of_the_verdict_come_with_the_script_and_not_with_the_page(
    reader, lang
):
    page = read(reader, f"/id/animal/7?lang={lang}")

    preloads = [preload["href"] for preload in page.find(rel="preload")]
    (words,) = [href for href in preloads if "/words/" in href]
    assert [script["text"] for script in page.find(tag="script")] in ([""], ["", ""])
    given = msgspec.json.decode(reader.get(words).content)
    assert given.items() <= (ENGLISH if lang == "en" else CHINESE).items()
    assert {"verdict.verified.title", "verdict.not-verified.title"} <= given.keys()


@pytest.mark.parametrize("path", ["/", "/id/animal/7", "/id/animal/none", "/id/X"])
def test_a_page_may_load_nothing_but_its_own(reader, path):
    answer = reader.get(path)

    policy = answer.headers["content-security-policy"]
    assert policy.startswith(
        "default-src 'none'; script-src 'self'; style-src 'sha256-"
    )
    for rule in (
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert not re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", answer.text)
    assert not re.findall(r"""\sstyle=|\son[a-z]+=""", answer.text)


def test_a_host_header_is_not_repeated_into_the_command(reader):
    good = reader.get("/id/animal/7", host="ledger.example:8000")
    bad = reader.get("/id/animal/7", host="x;rm -rf")

    assert "caravan verify http://ledger.example:8000" in good.text
    assert "rm -rf" not in bad.text


def test_the_page_of_a_well_known_animal_is_small(client):
    client.post_many([event(number) for number in range(35)])

    page = client.get("/id/animal/7", accept_encoding="gzip")

    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) < 20_000
    assert len(read(client, "/id/animal/7?records=all").order()) == 35
    assert len(read(client).order()) < 20


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        pytest.param(b"inspecting", b"departing_", "unread", id="no-word"),
        pytest.param(b'{"action"', b'{{action"', "unread", id="no-json"),
        pytest.param(b"12:10:00", b"12:11:00", "event", id="another-time"),
    ],
)
def test_a_damaged_record_is_shown_and_left_to_the_script_to_judge(
    client, tmp_path, old, new, kind
):
    index = client.post_many([event(1), event(2)]).json()[0]["index"]
    damage(tmp_path, index, event(1).replace(old, new))

    page = read(client)

    (article,) = page.find(tag="article", data_index=str(index))
    assert article["data-kind"] == kind
    assert len(page.order()) == 2
    assert page.find(src="/assets/built/page.js")
