import functools
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ledger
from api.texts import read_messages
from ledger.encoding import canonical, parse_canonical
from ledger.event import parse_event
from ledger.facts import directory_facts, event_facts
from ledger.flags import Flag
from ledger.importer.mapping import parse_mapping
from ledger.importer.statements import Register
from ledger.note import NoteSigner
from ledger.signatures import SigningKey
from ledger.simulate.plan import SMALL
from ledger.simulate.season import Season, latest_start
from ledger.statement import parse_statement
from tests.support.forge import HOST, ORIGIN, REGISTRAR, START_MS
from tests.support.make_vectors import event as events
from tests.support.make_vectors import facts as maker

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests/vectors/facts"
LOCALES = sorted((ROOT / "scanner_web/locale").glob("*.json"))

UNREAD = [
    "bizLocation",
    "sensorElementList",
    "ilmd",
    "sourceList",
    "destinationList",
    "bizTransactionList",
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-99, 99)
    | st.sampled_from([Decimal("1.5"), Decimal("-0.000001")])
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "sensorReport", "type", "component", "value", "uom", "exception"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


# Registers call these as they like, and facts show them so.
AS_WRITTEN = ("register.",)


class Asked(dict):
    """A locale that knows which words it was asked for and did not have."""

    def __init__(self, messages):
        super().__init__(messages)
        self.missing = set()

    def get(self, key, default=None):
        if key not in self and not key.startswith(AS_WRITTEN):
            self.missing.add(key)
        return super().get(key, default)


@functools.cache
def season():
    """Return the bodies of a small simulated season."""
    start = latest_start(START_MS)
    made = Season(
        origin=ORIGIN, registrar=REGISTRAR, secret=b"season", start=start, plan=SMALL
    )
    return [parse_canonical(canonical(draft.body)) for draft in made.drafts]


@functools.cache
def herds():
    """Return the bodies that the herds of the demonstration are imported as."""
    folder = Path(ledger.__file__).parent / "importer/data/dairy-herds"
    signer = NoteSigner(f"{HOST}/herd", SigningKey.from_seed(bytes(32)))
    register = Register(
        parse_mapping((folder / "mapping.toml").read_bytes()),
        lambda name: (folder / name).read_bytes(),
    )
    notes = register.statements(origin=ORIGIN, signer_of=lambda _: signer)
    return [parse_canonical(parse_statement(note).body) for _, note in notes]


def cases(name):
    content = json.loads((VECTORS / name).read_text())
    return [pytest.param(case, id=case["name"]) for case in content["cases"]]


def shown(body, *, flags=(), messages=maker.MESSAGES, host=maker.HOST):
    return event_facts(
        parse_event(body, host=host),
        index=17,
        who=maker.PARTY,
        log_time=maker.LOG_TIME,
        flags=flags,
        lang="en",
        messages=messages,
    )


@pytest.mark.parametrize("case", cases("event.json"))
def test_an_event_shows_the_facts_of_the_vectors(case):
    facts = event_facts(
        parse_event(parse_canonical(case["body"].encode()), host=maker.HOST),
        index=case["index"],
        who=case["who"],
        log_time=case["log_time"],
        flags=[Flag(**flag) for flag in case["flags"]],
        lang=case["lang"],
        messages=maker.MESSAGES,
        names=lambda identifier: case["names"].get(identifier, ""),
        signed_by=case["signed_by"],
    )

    assert [list(fact) for fact in facts] == case["want"]


@pytest.mark.parametrize("case", cases("directory.json"))
def test_a_directory_statement_shows_the_facts_of_the_vectors(case):
    facts = directory_facts(
        parse_canonical(case["body"].encode()),
        who=case["who"],
        log_time=case["log_time"],
        messages=maker.MESSAGES,
    )

    assert [list(fact) for fact in facts] == case["want"]


@given(st.sampled_from(UNREAD), JSON)
def test_whatever_stands_in_members_that_validity_does_not_read_is_shown_once(
    member, value
):
    facts = shown(events.milking() | {member: value})

    names = [name for name, _ in facts]
    assert len(set(names)) == len(names)
    assert names[:5] == ["step", "time", "log-time", "who", "where"]


@given(st.sampled_from(["quantity", "uom", "note"]), JSON)
def test_whatever_stands_in_a_quantity_is_shown_or_left_out(member, value):
    element = {"epcClass": events.RAW, member: value}

    facts = dict(shown(events.event(quantityList=[element])))

    assert facts["what.0"].startswith("(01) 09520123456788 (10) RAW-1")


def test_every_subject_of_an_event_is_shown_in_order_of_its_lists():
    animals = [f"https://{maker.HOST}/id/animal/{number}" for number in range(1024)]

    facts = shown(events.event(epcList=animals))

    assert [fact for fact in facts if fact[0].startswith("what.")] == [
        (f"what.{number}", f"animal/{number}") for number in range(1024)
    ]


@pytest.mark.parametrize("file", LOCALES, ids=lambda file: file.stem)
def test_every_locale_has_the_words_that_facts_look_up(file):
    messages = read_messages(file)
    facts = shown(events.milking(), messages=messages)

    assert dict(facts)["step"] == messages["step.commissioning"]
    for case in [*maker.EVENTS, *maker.DIRECTORY]:
        for name, _ in case["want"]:
            label = name.rstrip("0123456789").rstrip(".")
            assert f"label.{label}" in messages, label


@pytest.mark.parametrize("file", LOCALES, ids=lambda file: file.stem)
@pytest.mark.parametrize("bodies", [season, herds], ids=["season", "herds"])
def test_no_code_word_reaches_a_reader(bodies, file):
    messages = Asked(read_messages(file))

    names = set()
    for body in bodies():
        facts = event_facts(
            parse_event(body, host=HOST),
            index=17,
            who="",
            log_time="",
            flags=(),
            lang=file.stem,
            messages=messages,
        )
        names |= {name.rstrip("0123456789").rstrip(".") for name, _ in facts}

    assert messages.missing == set()
    assert {f"label.{name}" for name in names} - messages.keys() == set()


def test_every_event_of_the_season_says_that_it_is_simulated():
    assert all(
        ("simulated", "simulated") in shown(body, host=HOST) for body in season()
    )
