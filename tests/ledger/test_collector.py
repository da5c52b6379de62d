"""What a server collects is what a verifier derives: no list less, and few more."""

import sqlite3

import pytest

from ledger import collector
from ledger.errors import LedgerError, StoreError, TooLargeError
from ledger.log import Log
from ledger.passport import parse_passport
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.api.ledgers import (
    GTIN,
    HERD,
    HOST,
    LEDGER,
    NOW_MS,
    ORIGIN,
    OTHER,
    REGISTRAR,
    damage,
    directory_statement,
    event,
    genesis,
    policy_text,
    signer,
)
from tests.support.clocks import FrozenClock

MAKER = f"https://{HOST}/id/party/maker"
STRANGER = f"https://{HOST}/id/party/stranger"
KEEPER = f"https://{HOST}/id/party/keeper"
LABORATORY = f"https://{HOST}/id/party/laboratory"
KEEPING = signer(f"{HOST}/keeping", 6)
TESTING = signer(f"{HOST}/testing", 7)
PLACE = f"https://{HOST}/id/place/dairy"
LOT = f"{GTIN}/10/L1"
SERIAL = f"{GTIN}/21/1"
TWICE_PACKED = f"{GTIN}/21/2"
CARTON = "https://id.gs1.org/00/095213210000000018"
PALLET = "https://id.gs1.org/00/095213210000000025"
SHARED = f"https://{HOST}/id/run/1"
ALARM = "#alarm"
TRUST = Trust(policy_text(), "yours", NOW_MS)


def goods(word):
    return f"https://{HOST}/id/goods/{word}"


def admission(party, prefixes, **members):
    steps = [
        ["commissioning", None],
        ["creating_class_instance", None],
        ["inspecting", None],
        ["inspecting", "non_conformant"],
        ["inspecting", "recalled"],
        ["packing", None],
    ]
    body = {
        "action": "admit",
        "kind": "cooperative",
        "party": party,
        "places": [],
        "prefixes": prefixes,
        "rights": {"persistent": ["recalled"], "steps": steps},
    }
    return directory_statement(body | members, REGISTRAR)


def authorization(party, key, **members):
    body = {"action": "authorize", "key": key.vkey.to_text(), "party": party}
    return directory_statement(body | members, REGISTRAR, key)


def directory():
    own = [f"https://{HOST}/id/goods", f"{GTIN}/10", f"{GTIN}/21"]
    own.append("https://id.gs1.org/00")
    return [
        admission(MAKER, own, places=[PLACE]),
        admission(STRANGER, [f"https://{HOST}/id/elsewhere"]),
        admission(KEEPER, []),
        admission(LABORATORY, []),
        authorization(MAKER, HERD),
        authorization(STRANGER, OTHER),
        authorization(KEEPER, KEEPING, until="2027-01-01T00:00:00.000Z"),
        authorization(LABORATORY, TESTING, on_behalf_of=KEEPER),
    ]


def made(number, inputs, output, *signers, **members):
    told = {
        "type": "TransformationEvent",
        "action": None,
        "bizStep": "creating_class_instance",
        "epcList": None,
        "inputQuantityList": [{"epcClass": name} for name in inputs],
    }
    if output is not None:
        told["outputQuantityList"] = [{"epcClass": output}]
    return event(number, signers=signers or (HERD,), **told | members)


def packed(number, parent, child, *signers):
    return event(
        number,
        signers=signers or (HERD,),
        type="AggregationEvent",
        action="ADD",
        bizStep="packing",
        epcList=None,
        parentID=parent,
        childEPCs=[child],
    )


def commissioned(number, serials, *lots):
    return event(
        number,
        action="ADD",
        bizStep="commissioning",
        epcList=serials,
        quantityList=[{"epcClass": lot} for lot in lots] or None,
    )


def seen(number, name, *signers, **members):
    return event(number, signers=signers or (HERD,), epcList=[name], **members)


def story():
    """Return how cans become a tank, powder, a lot, a pouch in a carton on a pallet."""
    cans = [goods(f"can-{n}") for n in (1, 2, 3)]
    return [
        *(
            event(n, action="ADD", bizStep="commissioning", epcList=[can])
            for n, can in enumerate(cans, 1)
        ),
        made(4, cans[:2], goods("tank"), transformationID=SHARED),
        made(5, cans[2:], None, transformationID=SHARED),
        made(6, [goods("tank")], goods("powder")),
        made(7, [goods("powder")], LOT),
        commissioned(8, [SERIAL], LOT),
        commissioned(9, [TWICE_PACKED], LOT, f"{GTIN}/10/L2"),
        commissioned(16, [CARTON]),
        packed(10, CARTON, SERIAL),
        packed(11, PALLET, CARTON),
        # Nobody can sign for what belongs to others; what they say leads nowhere.
        made(12, [f"https://{HOST}/id/elsewhere/chalk"], LOT, OTHER),
        packed(13, f"https://{HOST}/id/elsewhere/box", SERIAL, OTHER),
        seen(14, goods("tank"), disposition="recalled"),
        seen(15, PLACE, KEEPING),
        seen(17, GTIN),
    ]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Return a log that has all of the story, and to which nobody adds."""
    opened = begun(tmp_path_factory.mktemp("told"), *story())
    yield opened
    opened.close()


@pytest.fixture
def log(tmp_path):
    opened = begun(tmp_path, *story())
    yield opened
    opened.close()


def begun(folder, *events):
    log = Log.create(
        f"sqlite:///{folder}/ledger.db",
        origin=ORIGIN,
        genesis=genesis(),
        signers=[LEDGER],
        clock=FrozenClock(NOW_MS),
        policy=policy_text(),
    )
    for note in (*directory(), *events):
        (answer,) = log.append_statements([note])
        assert not isinstance(answer, LedgerError), answer
    return log


def passport(log, subject, levels=None):
    return parse_passport(log.passport(subject, levels))


def verified(log, subject, levels=None):
    return verify_passport(log.passport(subject, levels), subject=subject, trust=TRUST)


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(SERIAL, id="serial"),
        pytest.param(LOT, id="lot"),
        pytest.param(GTIN, id="trade-item"),
        pytest.param(CARTON, id="carton"),
        pytest.param(PALLET, id="pallet"),
        pytest.param(goods("powder"), id="powder"),
        pytest.param(goods("tank"), id="tank"),
        pytest.param(goods("can-1"), id="can"),
        pytest.param(SHARED, id="transformation"),
        pytest.param(PLACE, id="place"),
        pytest.param(MAKER, id="party"),
        pytest.param(KEEPER, id="party-that-another-acts-for"),
        pytest.param(f"https://{HOST}/id/elsewhere/box", id="of-a-stranger"),
    ],
)
def test_what_is_collected_is_enough_for_every_kind_of_subject(told, subject):
    for levels in (None, 0, 1, 2, 3, 100):
        report = verified(told, subject, levels)

        assert report.members[0].subject == subject
        shown = {s.judged.index for s in report.statements}
        assert shown >= set(told.listing(subject))


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        pytest.param(f"{GTIN}/10/L9", "not-found", id="lot"),
        pytest.param(goods("nothing"), "not-found", id="goods"),
        pytest.param(f"https://{HOST}/id/registrar", "not-found", id="registrar-like"),
        pytest.param(f"{GTIN}/21/9", "not-packed", id="serial-never-packed"),
        pytest.param(TWICE_PACKED, "not-packed", id="serial-in-two-lots"),
    ],
)
def test_what_the_verdict_falls_at_is_proved_too(told, subject, code):
    with pytest.raises(LedgerError) as refusal:
        verified(told, subject)

    assert (refusal.value.step, refusal.value.code) == (11, code)
    given = passport(told, subject)
    assert given.lists[subject] == told.listing(subject)
    assert told.is_listed(subject) == bool(given.lists[subject])


def test_lot_item_and_parents_are_whole_whatever_was_asked_for(told):
    lists = passport(told, SERIAL, 0).lists

    assert lists.keys() - parties(lists) == {
        SERIAL,
        LOT,
        GTIN,
        CARTON,
        PALLET,
        goods("powder") + ALARM,
    }
    assert lists[goods("powder") + ALARM] == ()


def parties(lists):
    return {name for name in lists if "/id/party/" in name} | {"registrar"}


def test_a_level_more_is_whole_and_the_next_by_its_alarms(told):
    powder = passport(told, SERIAL, 1).lists
    assert goods("powder") in powder
    assert goods("powder") + ALARM not in powder

    tank = passport(told, goods("powder"), 1).lists
    assert goods("tank") in tank
    assert tank[SHARED] == told.listing(SHARED)
    assert {goods(f"can-{n}") + ALARM for n in (1, 2, 3)} < tank.keys()

    everything = passport(told, SERIAL).lists
    assert {goods(f"can-{n}") for n in (1, 2, 3)} < everything.keys()
    assert not any(name.endswith(ALARM) for name in everything)


def test_of_a_source_with_an_alarm_everything_is_given(told):
    report = verified(told, goods("powder"), 0)

    (alarm,) = report.alarms
    assert (alarm.subject, alarm.word) == (goods("tank"), "recalled")
    assert alarm.is_judged
    assert "sources" in report.absent
    opened = {m.subject for m in report.members if m.is_open}
    assert opened == {goods(f"can-{n}") for n in (1, 2, 3)}


@pytest.mark.parametrize(
    ("note", "is_whole"),
    [
        pytest.param(
            seen(30, goods("can-1"), TESTING, disposition="non_conformant"),
            True,
            id="failed-test",
        ),
        pytest.param(
            seen(
                14,
                goods("tank"),
                disposition="recalled",
                errorDeclaration={"declarationTime": "2026-06-12T09:00:00+08:00"},
            ),
            False,
            id="recalled-in-error",
        ),
    ],
)
def test_only_what_stands_as_an_alarm_makes_a_list_whole(log, note, is_whole):
    """A list of alarms with a declaration of error is no reason to give more."""
    (answer,) = log.append_statements([note])
    assert not isinstance(answer, LedgerError), answer
    source, above = (
        (goods("can-1"), goods("tank"))
        if is_whole
        else (goods("tank"), goods("powder"))
    )

    lists = passport(log, above, 0).lists

    assert (source in lists) == is_whole
    assert (source + ALARM in lists) != is_whole
    verified(log, above, 0)


def test_what_a_stranger_states_is_given_and_not_followed(told):
    given = passport(told, SERIAL)

    assert not any("/id/elsewhere/" in name for name in given.lists)
    by_stranger = [i for i, entry in given.entries if b"/id/elsewhere/" in entry]
    assert len(by_stranger) == 2
    assert STRANGER in given.lists


def test_the_lists_of_all_behind_a_signer_are_given(log):
    log.append_statements([seen(40, goods("can-2"), TESTING)])

    lists = passport(log, goods("can-2")).lists

    assert parties(lists) == {"registrar", MAKER, LABORATORY, KEEPER}


def test_what_a_key_that_ends_has_signed_comes_with_its_seal(told):
    given = passport(told, PLACE)

    # The key's own authorisation is signed by it, and its seal says: while it was one.
    for index, entry in given.entries:
        if b"caravan/seal" not in entry and b"herd.example/keeping+" in entry:
            assert index + 1 in dict(given.entries)
    verified(told, PLACE)


def test_a_party_that_is_a_source_is_whole_because_its_list_is(tmp_path):
    """Whoever has a whole list follows it, for whatever reason it was given."""
    log = begun(
        tmp_path,
        made(1, [goods("milk")], MAKER),
        made(2, [], LOT, inputEPCList=[MAKER], inputQuantityList=None),
    )
    try:
        report = verified(log, LOT, 0)
    finally:
        log.close()

    members = {m.subject: m for m in report.members}
    assert not members[MAKER].is_open


def test_a_first_answer_keeps_to_its_bytes(told, monkeypatch):
    everything = passport(told, SERIAL)
    size = sum(len(entry) for _, entry in everything.entries)

    monkeypatch.setattr(collector, "FIRST_ANSWER_BYTES", size - 1)
    less = passport(told, SERIAL)
    monkeypatch.setattr(collector, "FIRST_ANSWER_BYTES", 0)
    least = passport(told, SERIAL)

    assert (
        everything.lists.keys() - less.lists.keys()
        == {goods(f"can-{n}") for n in (1, 2, 3)} | set()
    )
    assert least.lists == passport(told, SERIAL, 0).lists
    assert passport(told, SERIAL, 100).lists == everything.lists
    verified(told, SERIAL)


def test_nobody_gets_more_levels_than_an_answer_holds(told, monkeypatch):
    monkeypatch.setattr(collector, "MAX_STATEMENTS", 0)

    lists = passport(told, SERIAL, 100).lists

    assert lists == passport(told, SERIAL, 0).lists
    # Not even for an alarm: who may state one could make the answer any size.
    assert goods("tank") + ALARM in passport(told, goods("powder"), 0).lists
    report = verified(told, goods("powder"), 0)
    assert [alarm.is_judged for alarm in report.alarms] == [False]


def test_alarms_do_not_make_a_first_answer_large(told, monkeypatch):
    """Until more is asked for, an alarm that nobody can judge counts."""
    monkeypatch.setattr(collector, "FIRST_ANSWER_BYTES", 0)
    monkeypatch.setattr(collector, "FIRST_ANSWER_ALARMED", 0)

    assert [a.is_judged for a in verified(told, goods("powder")).alarms] == [False]
    assert [a.is_judged for a in verified(told, goods("powder"), 0).alarms] == [True]


def test_what_is_needed_and_too_much_is_refused_as_that(told, monkeypatch):
    monkeypatch.setattr(collector, "MAX_NEEDED", 5)
    with pytest.raises(TooLargeError, match="more than 5 statements"):
        told.passport(SERIAL)

    monkeypatch.undo()
    monkeypatch.setattr(collector, "MAX_NEEDED_BYTES", 1000)
    with pytest.raises(TooLargeError, match="more than 1000 bytes"):
        told.passport(SERIAL)


def test_a_level_that_is_too_much_is_left_open(told, monkeypatch):
    least = passport(told, SERIAL, 0)
    statements = sum(b"caravan/statement" in entry for _, entry in least.entries)

    monkeypatch.setattr(collector, "MAX_NEEDED", statements)

    assert passport(told, SERIAL, 100).lists == least.lists


def test_more_lists_than_an_answer_may_have_are_refused_or_left_open(told, monkeypatch):
    """One statement names hundreds of sources, and a few of them a million."""
    lot = passport(told, LOT, 0)
    walked = len(lot.lists) - len(parties(lot.lists))

    monkeypatch.setattr(collector, "MAX_NAMES", walked)
    assert passport(told, LOT, 100).lists == lot.lists
    monkeypatch.setattr(collector, "MAX_NAMES", walked - 1)
    with pytest.raises(TooLargeError, match=f"{walked - 1} lists"):
        told.passport(LOT, 0)


def test_a_long_chain_is_walked_a_few_times_only(tmp_path, monkeypatch):
    """Whoever asks pays nothing, so a walk for each level would be too many."""
    length = 60
    chain = [made(n + 1, [goods(n + 1)], goods(n)) for n in range(length)]
    log = begun(tmp_path, *chain)
    walks = []
    real = collector.walk

    def counted(*given, **known):
        walks.append(known["max_level"])
        return real(*given, **known)

    monkeypatch.setattr(collector, "walk", counted)

    for levels in (3, 12, 41, 100):
        walks.clear()
        report = verified(log, goods(0), levels)
        checked = sum(not member.is_open for member in report.sources)
        assert checked == min(levels, length)
        assert len(walks) < 30
    monkeypatch.setattr(collector, "MAX_STATEMENTS", 33)
    report = verified(log, goods(0), 100)
    assert sum(not member.is_open for member in report.sources) == 32
    log.close()


def test_strangers_cannot_make_an_answer_too_large(log, monkeypatch):
    """What is only named beside a subject is not needed, however much it is."""
    box = f"https://{HOST}/id/elsewhere/box"
    log.append_statements([seen(n, box, OTHER) for n in range(100, 140)])
    least = passport(log, SERIAL, 0)
    statements = sum(b"caravan/statement" in entry for _, entry in least.entries)

    monkeypatch.setattr(collector, "MAX_NEEDED", statements)
    monkeypatch.setattr(collector, "_READ_AT_ONCE", 20)

    assert passport(log, SERIAL, 0).lists == least.lists


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(b"\xff\xfe", id="no-text"),
        pytest.param(b"caravan/statement/v1\nhalf", id="half-a-statement"),
        pytest.param(b"caravan/seal/v1\n", id="half-a-seal"),
        pytest.param(seen(99, goods("milk")), id="another-statement"),
    ],
)
def test_a_damaged_row_is_handed_over_for_the_verifier_to_name(log, tmp_path, entry):
    (index,) = log.listing(goods("powder"))[:1]
    damage(tmp_path, index, entry)

    with pytest.raises(LedgerError) as refusal:
        verified(log, goods("powder"))

    assert refusal.value.step == 4
    assert refusal.value.index in (index, None)


def test_a_row_that_is_lost_is_a_failure_of_the_store(log, tmp_path):
    (index,) = log.listing(goods("powder"))[:1]
    damage(tmp_path, index, b"")
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        database.execute('DELETE FROM entry WHERE "index" = ?', (index,))
    database.close()

    with pytest.raises(StoreError, match=f"index {index}"):
        log.passport(goods("powder"))


def test_what_was_read_before_is_given_under_the_newest_checkpoint(log):
    before = log.passport(SERIAL)
    log.append_statements([seen(50, goods("milk"))])
    after = log.passport(SERIAL)

    assert parse_passport(before).lists == parse_passport(after).lists
    assert parse_passport(after).entries[-1][0] == log.size - 1
    assert parse_passport(after).entries[:-1] == parse_passport(before).entries
    verified(log, SERIAL)
