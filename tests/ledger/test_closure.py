"""The closure of a code: what vectors cannot say of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.closure import find_lot, walk
from ledger.cycle import cycle_in
from ledger.directory import Directory
from ledger.errors import IncompleteError, LedgerError
from ledger.event import parse_event
from ledger.goods import LoggedEvent
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.ledger.test_standing import admitted, directory
from tests.support.forge import HOST, ORIGIN, event_body, policy_text
from tests.support.pouch import PLANT, POUCH, boxed, classes, made

MAKER = f"https://{HOST}/id/party/maker"
KNOWN = directory(admitted(MAKER, index=1, prefixes=[f"https://{HOST}/id/thing"]))
THINGS = [f"https://{HOST}/id/thing/{n}" for n in range(6)]


class Lists:
    """Lists of events; of some names only the alarms are known."""

    def __init__(self, events, *, is_open=()):
        self._events = events
        self._is_open = {*is_open}

    def whole(self, name):
        if name in self._is_open:
            return None
        return [e for e in self._events if name in e.event.subjects]

    def alarms(self, name):
        return [
            e for e in self._events if name in e.event.subjects and e.event.is_alarm
        ]


class Nothing:
    def whole(self, _name):
        return None

    def alarms(self, _name):
        return None


def said(index, **members):
    body = event_body(index, **{"epcList": None} | members)
    return LoggedEvent(index, (MAKER,), parse_event(body, host=HOST))


def making(index, made_thing, *sources, **members):
    return said(
        index,
        type="TransformationEvent",
        action=None,
        outputQuantityList=classes(made_thing),
        inputQuantityList=classes(*sources),
        **members,
    )


def recalled(index, name):
    return said(index, epcList=[name], disposition="recalled")


def chain(count):
    """Return events that make each thing of the next."""
    return [making(10 + n, THINGS[n], THINGS[n + 1]) for n in range(count)]


def members(closure):
    return [(m.subject, m.level, m.is_open) for m in closure.members]


@given(
    st.lists(st.tuples(st.sampled_from(THINGS), st.sampled_from(THINGS)), max_size=12)
)
def test_a_cycle_is_what_comes_of_a_cycle_and_goes_into_one(edges):
    events = [making(10 + n, *edge) for n, edge in enumerate(edges)]

    found = walk(THINGS[0], lot=None, lists=Lists(events), directory=KNOWN)

    of = {
        name: {source for made_thing, source in edges if made_thing == name}
        for name in THINGS
    }

    def above(name):
        reached, todo = set(), [*of[name]]
        while todo:
            todo += of[each] - reached if (each := todo.pop()) not in reached else ()
            reached.add(each)
        return reached

    near = {THINGS[0], *above(THINGS[0])}
    looping = {name for name in near if name in above(name)}
    between = {
        name
        for name in near
        if (name in looping or above(name) & looping)
        and any(name in above(loop) for loop in looping)
    }
    assert found.cycle == tuple(sorted(looping | between))
    assert {member.subject for member in found.members} == near


def test_a_server_stops_at_a_level_and_leaves_the_next_open():
    lists = Lists(chain(4))

    levels = [
        members(walk(THINGS[0], lot=None, lists=lists, directory=KNOWN, max_level=n))
        for n in (0, 2, 9)
    ]

    assert levels[0] == [(THINGS[0], 0, False), (THINGS[1], 1, True)]
    assert [is_open for _, _, is_open in levels[1]] == [False, False, False, True]
    assert [level for _, level, is_open in levels[2] if not is_open] == [0, 1, 2, 3, 4]


def test_a_server_goes_further_where_there_is_an_alarm():
    lists = Lists([*chain(4), recalled(20, THINGS[1])])

    found = walk(THINGS[0], lot=None, lists=lists, directory=KNOWN, max_level=0)

    assert members(found)[1:] == [(THINGS[1], 1, False), (THINGS[2], 2, True)]


def test_an_open_source_is_followed_nowhere():
    events = [*chain(4), recalled(20, THINGS[3])]

    found = walk(
        THINGS[0],
        lot=None,
        lists=Lists(events, is_open=[THINGS[2]]),
        directory=KNOWN,
    )

    assert members(found)[-1] == (THINGS[2], 2, True)
    assert found.alarms == ()


@pytest.mark.parametrize("ask", [find_lot, walk])
def test_nothing_known_is_incomplete(ask):
    with pytest.raises(IncompleteError):
        ask(THINGS[0], lot=None, lists=Nothing(), directory=Directory(ORIGIN))


# --------------------------------------------------------------- of a whole passport


def ask(goods, **given_parts):
    document = goods.passport(POUCH, **given_parts).to_bytes()
    trust = Trust(policy_text().encode(), "yours", goods.now_ms)
    return verify_passport(document, subject=POUCH, trust=trust)


def test_no_list_of_an_honest_passport_can_be_left_out():
    goods = boxed(made())
    goods.seal()
    assert ask(goods).absent == ("replay", "witnesses", "label")

    for name in goods.names:
        with pytest.raises(LedgerError):
            ask(goods, names=goods.names - {name})


def test_no_entry_of_an_honest_passport_can_be_left_out():
    goods = boxed(made())
    goods.seal()

    for index in range(len(goods.entries)):
        # The seal over the genesis alone closes nothing that is shown.
        if index != 1:
            with pytest.raises(LedgerError):
                ask(goods, without=[index])


def test_no_list_of_an_honest_passport_can_be_shortened():
    goods = boxed(made())
    goods.alarm(PLANT, POUCH)
    goods.seal()

    for name in goods.names:
        listed = goods.index.indices(name)
        for place in range(len(listed)):
            shorter = [*listed[:place], *listed[place + 1 :]]
            with pytest.raises(LedgerError):
                ask(goods, lists={name: shorter})
            with pytest.raises(LedgerError):
                ask(goods, lists={name: shorter}, without=[listed[place]])


def test_a_cycle_of_ten_thousand_goods_is_found_at_once():
    names = [f"{n:05}" for n in range(10_000)]
    rings = {name: frozenset([names[place - 1]]) for place, name in enumerate(names)}

    assert cycle_in(rings) == tuple(names)
    assert cycle_in(rings | {"00000": frozenset()}) == ()


def test_a_transformation_of_many_outputs_is_read_once():
    shared = f"https://{HOST}/id/thing/shared"
    told = [
        making(10 + n, thing, *THINGS, transformationID=shared)
        for n, thing in enumerate(THINGS)
    ]
    lists = Lists(told)
    asked = []
    lists_whole = lists.whole
    lists.whole = lambda name: asked.append(name) or lists_whole(name)

    found = walk(THINGS[0], lot=None, lists=lists, directory=KNOWN)

    assert [name for name, _, _ in members(found)] == THINGS
    assert found.followed == {logged.index for logged in told}
    assert asked.count(shared) == 1
