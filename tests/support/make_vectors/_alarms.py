"""Cases for standing and alarms: whose word counts, as step 16 reports it.

None of these is a refusal: an alarm is a finding, and a stranger's word is shown apart.
``report`` is as for the closures; an alarm is its subject, word, index and whether it
was judged.
"""

from ledger.statement import sign_statement
from tests.support.forge import ANIMAL, HOST, ORIGIN, REGISTRAR, signer
from tests.support.make_vectors._closures import BOXES, NEAR, SOURCES, asker
from tests.support.pouch import (
    CARRIER,
    CARTON,
    DRYING,
    FARM,
    FOREIGN_MILK,
    ITEM,
    LAB,
    LOT,
    OFFICE,
    OTHER_LOT,
    PALLET,
    PLACES,
    PLANT,
    POUCH,
    POWDER,
    SHOP,
    STRANGER,
    TANK,
    Goods,
    boxed,
    made,
    packed,
)


def cases(case):
    """Return the cases by name; ``case`` spells one."""
    ask = asker(case)
    return (
        _of_strangers(ask)
        | _of_standing(ask)
        | _of_releases(ask)
        | _of_alarms(ask)
        | _of_entitlement(ask)
        | _of_lifting(ask)
        | _of_errors(ask)
        | _of_flags(ask)
    )


def _of_strangers(ask):
    """Return words of a stranger that lead nowhere."""
    source = made()
    source.create(STRANGER, FOREIGN_MILK)
    source.alarm(STRANGER, FOREIGN_MILK)
    mixed = source.make(STRANGER, [FOREIGN_MILK], [POWDER])
    parent = packed()
    parent.create(PLANT, PALLET)
    parent.alarm(PLANT, PALLET)
    boxing = parent.put(STRANGER, PALLET, POUCH)
    part = made()
    part.create(STRANGER, FOREIGN_MILK)
    part.make(STRANGER, [FOREIGN_MILK], [], transformationID=DRYING)
    named = made()
    naming = named.make(STRANGER, [TANK], [], transformationID=DRYING)
    boxed_by_carrier = packed()
    boxed_by_carrier.create(PLANT, CARTON, PALLET)
    boxed_by_carrier.put(PLANT, CARTON, POUCH)
    palletised = boxed_by_carrier.put(STRANGER, PALLET, CARTON)
    seen = packed()
    sight = seen.say(STRANGER, epcList=[POUCH])
    return {
        "stranger-s-source-is-not-followed": ask(
            source, report={"members": NEAR + SOURCES, "alarms": [], "apart": [mixed]}
        ),
        "stranger-s-parent-is-not-followed": ask(
            parent, report={"members": NEAR, "alarms": [], "apart": [boxing]}
        ),
        "stranger-s-parent-of-a-parent-is-not-followed": ask(
            boxed_by_carrier,
            report={"members": NEAR + BOXES[:1], "apart": [palletised]},
        ),
        "stranger-s-part-of-a-transformation-is-not-followed": ask(
            part, report={"members": NEAR + SOURCES, "apart": []}
        ),
        "stranger-s-part-of-a-transformation-about-a-member": ask(
            named, report={"members": NEAR + SOURCES, "apart": [naming]}
        ),
        "stranger-s-observation": ask(seen, report={"apart": [sight]}),
    }


def _of_standing(ask):
    """Return how standing comes to parties, and how it does not."""

    def heard(party, *tellings):
        goods = packed()
        for tell in tellings:
            tell(goods)
        goods.say(party, epcList=[POUCH])
        return ask(goods, report={"apart": []})

    def unheard(party, tell):
        goods = packed()
        tell(goods)
        index = goods.say(party, epcList=[POUCH])
        return ask(goods, report={"apart": [index]})

    by_stranger = packed()
    foreign = by_stranger.ship(STRANGER, POUCH, SHOP)
    arrived = by_stranger.say(SHOP, epcList=[POUCH])
    late = packed()
    late.say(SHOP, epcList=[POUCH])
    late.ship(PLANT, POUCH, SHOP)
    place = PLACES[SHOP][0]
    at_place = Goods()
    at_place.say(SHOP, epcList=[place])
    odd = at_place.say(STRANGER, epcList=[place])
    not_now = Goods()
    not_now.say(SHOP, epcList=[place])
    not_now.become(SHOP, places=[])
    itself = Goods()
    itself.say(SHOP, epcList=[SHOP])
    about_it = itself.say(STRANGER, epcList=[SHOP])
    nobody = packed()
    created = nobody.create(STRANGER, OTHER_LOT)
    agent = packed()
    key = signer(f"{HOST}/agent")
    agent.join(STRANGER)
    by_agent = _acting(agent, key, STRANGER, PLANT)
    for_error = packed()
    shipping = for_error.ship(PLANT, POUCH, SHOP)
    for_error.in_error(PLANT, shipping)
    for_error.say(SHOP, epcList=[POUCH])
    odd_lists = packed()
    odd_lists.ship(
        PLANT,
        POUCH,
        SHOP,
        destinationList=[STRANGER, {"destination": 7}, {"destination": [STRANGER]}],
    )
    unheard_of = odd_lists.say(STRANGER, epcList=[POUCH])
    no_list = packed()
    no_list.ship(PLANT, POUCH, SHOP, destinationList={"destination": STRANGER})
    not_listed = no_list.say(STRANGER, epcList=[POUCH])
    return {
        "destination-has-standing": heard(SHOP, lambda g: g.ship(PLANT, POUCH, SHOP)),
        "destination-of-a-destination-has-standing": heard(
            SHOP,
            lambda g: g.ship(PLANT, POUCH, CARRIER),
            lambda g: g.ship(CARRIER, POUCH, SHOP),
        ),
        "destination-named-later-has-standing": ask(late, report={"apart": []}),
        "destination-of-a-stranger-has-none": ask(
            by_stranger, report={"apart": [foreign, arrived]}
        ),
        "source-is-no-destination": unheard(
            SHOP,
            lambda g: g.ship(PLANT, POUCH, CARRIER, sourceList=[{"source": SHOP}]),
        ),
        "destination-of-another-form": ask(odd_lists, report={"apart": [unheard_of]}),
        "destination-list-that-is-none": ask(no_list, report={"apart": [not_listed]}),
        "attester-has-standing": heard(
            CARRIER, lambda g: g.say(PLANT, CARRIER, epcList=[POUCH])
        ),
        "issuer-attested-by-the-creator-has-standing": heard(
            CARRIER, lambda g: g.say(CARRIER, PLANT, epcList=[POUCH])
        ),
        "standing-about-the-lot-is-none-about-the-serial": unheard(
            SHOP, lambda g: g.ship(PLANT, LOT, SHOP)
        ),
        "created-outside-its-prefixes": ask(
            nobody,
            OTHER_LOT,
            report={
                "apart": [created],
                "absent": ["replay", "contents", "standing", "witnesses", "label"],
            },
        ),
        "acting-for-the-creator": ask(agent, report={"apart": [by_agent]}),
        "standing-by-what-was-declared-in-error": ask(for_error, report={"apart": []}),
        "place-of-a-party": ask(at_place, place, report={"apart": [odd]}),
        "place-of-a-party-before": ask(not_now, place, report={"apart": []}),
        "party-about-itself": ask(itself, SHOP, report={"apart": [about_it]}),
        "about-a-member-of-its-own-and-one-that-is-not": ask(
            _own_and_other(), report={"apart": []}
        ),
    }


def _acting(goods, key, party, principal):
    """Let a key of a party act for another, and speak; return the index."""
    body = {
        "action": "authorize",
        "key": key.vkey.to_text(),
        "on_behalf_of": principal,
        "party": party,
    }
    entry = sign_statement(
        origin=ORIGIN, kind="directory", body=body, signers=(REGISTRAR, key)
    )
    goods.add(entry, sorted([party, principal]))
    return goods.say(party, keys=[key], epcList=[POUCH])


def _own_and_other():
    """Return a statement of a farm about its animal and, beside it, the pouch."""
    goods = made()
    goods.say(FARM, epcList=[ANIMAL, POUCH])
    return goods


def _of_releases(ask):
    """Return releases, which count from those whose recall would."""

    def released(party, *tellings):
        goods = packed()
        for tell in tellings:
            tell(goods)
        index = goods.say(party, epcList=[POUCH], disposition="sellable_accessible")
        return goods, index

    by_creator, _ = released(PLANT)
    by_office, _ = released(OFFICE)
    by_shop, at_shop = released(SHOP, lambda g: g.ship(PLANT, POUCH, SHOP))
    of_two = made()
    of_two.say(PLANT, epcList=[POUCH, ANIMAL], disposition="sellable_accessible")
    return {
        "released-by-the-creator": ask(by_creator, report={"apart": []}),
        "released-by-an-authority": ask(by_office, report={"apart": []}),
        "released-by-one-with-standing-alone": ask(
            by_shop, report={"apart": [at_shop]}
        ),
        "released-by-the-creator-of-one-of-two": ask(of_two, report={"apart": []}),
    }


def _of_alarms(ask):
    """Return alarms about each kind of member."""

    def recalled(subject, party=PLANT):
        goods = boxed(made())
        index = goods.alarm(party, subject)
        return ask(
            goods,
            lot=LOT,
            report={
                "members": NEAR + BOXES + SOURCES,
                "alarms": [[subject, "recalled", index, True]],
                "apart": [],
            },
        )

    several = made()
    tank = several.alarm(PLANT, TANK)
    lot = several.alarm(PLANT, LOT)
    pouch = several.alarm(
        PLANT, POUCH, persistentDisposition={"set": ["recalled", "damaged"]}
    )
    again = several.alarm(PLANT, POUCH, "damaged")
    both = packed()
    at_once = both.say(PLANT, epcList=[POUCH, LOT], disposition="recalled")
    elsewhere = packed()
    elsewhere.create(PLANT, OTHER_LOT)
    elsewhere.alarm(PLANT, OTHER_LOT)
    calm = packed()
    calm.say(PLANT, epcList=[POUCH], persistentDisposition={"set": ["available"]})
    return {
        "pouch-recalled": recalled(POUCH),
        "lot-recalled": recalled(LOT),
        "trade-item-recalled": recalled(ITEM),
        "carton-recalled": recalled(CARTON),
        "pallet-recalled": recalled(PALLET),
        "powder-recalled": recalled(POWDER),
        "tank-recalled-two-steps-up": recalled(TANK),
        "animal-recalled": recalled(ANIMAL, FARM),
        "several-alarms": ask(
            several,
            report={
                "alarms": [
                    [POUCH, "damaged", pouch, True],
                    [POUCH, "recalled", pouch, True],
                    [POUCH, "damaged", again, True],
                    [LOT, "recalled", lot, True],
                    [TANK, "recalled", tank, True],
                ]
            },
        ),
        "two-members-recalled-at-once": ask(
            both,
            report={
                "alarms": [
                    [POUCH, "recalled", at_once, True],
                    [LOT, "recalled", at_once, True],
                ]
            },
        ),
        "another-lot-recalled": ask(elsewhere, report={"alarms": []}),
        "disposition-that-is-no-alarm": ask(calm, report={"alarms": []}),
    }


def _of_entitlement(ask):
    """Return who may raise which alarm."""

    def raised(party, word, *tellings):
        goods = packed()
        for tell in tellings:
            tell(goods)
        return goods, goods.alarm(party, POUCH, word)

    def counts(party, word, *tellings):
        goods, index = raised(party, word, *tellings)
        return ask(goods, report={"alarms": [[POUCH, word, index, True]], "apart": []})

    def shipped(goods):
        goods.ship(PLANT, POUCH, SHOP)

    def does_not_count(party, word, *tellings):
        goods, index = raised(party, word, *tellings)
        apart = [] if shipped in tellings else [index]
        return ask(goods, report={"alarms": [], "apart": apart})

    not_yet = packed()
    not_yet.join(OFFICE, kind="company")
    early = not_yet.alarm(OFFICE, POUCH)
    not_yet.become(OFFICE)
    no_more = packed()
    before = no_more.alarm(OFFICE, POUCH)
    no_more.become(OFFICE, kind="company")
    later = no_more.alarm(OFFICE, POUCH, epcList=[POUCH, LOT])
    attested = packed()
    attested.say(STRANGER, PLANT, epcList=[POUCH], disposition="recalled")
    return {
        "recalled-by-the-creator": counts(PLANT, "recalled"),
        "recalled-by-an-authority": counts(OFFICE, "recalled"),
        "recalled-by-a-stranger": does_not_count(STRANGER, "recalled"),
        "recalled-by-one-with-standing": does_not_count(SHOP, "recalled", shipped),
        "recalled-by-a-stranger-attested-by-the-creator": ask(
            attested, report={"alarms": [], "apart": []}
        ),
        "recalled-before-it-was-an-authority": ask(
            not_yet, report={"alarms": [], "apart": [early]}
        ),
        "recalled-while-it-was-an-authority": ask(
            no_more,
            report={"alarms": [[POUCH, "recalled", before, True]], "apart": [later]},
        ),
        "inactive-by-the-creator": counts(PLANT, "inactive"),
        "inactive-by-an-authority": counts(OFFICE, "inactive"),
        "inactive-by-a-stranger": does_not_count(STRANGER, "inactive"),
        "inactive-by-one-with-standing": does_not_count(SHOP, "inactive", shipped),
        "failed-test-by-a-laboratory": counts(LAB, "non_conformant"),
        "damaged-by-one-with-standing": counts(SHOP, "damaged", shipped),
        "damaged-by-a-stranger": does_not_count(STRANGER, "damaged"),
        "damaged-by-an-authority-without-standing": does_not_count(OFFICE, "damaged"),
    }


def _of_lifting(ask):
    """Return what lifts an alarm, and what does not."""

    def lifted(party, word="recalled", *, by=PLANT, unset=None):
        goods = packed()
        goods.ship(PLANT, POUCH, SHOP)
        index = goods.alarm(by, POUCH, word)
        lifting = goods.lift(party, POUCH, unset or word)
        return goods, [[POUCH, word, index, True]], lifting

    def is_lifted(*of, **wanted):
        goods, _, _ = lifted(*of, **wanted)
        return ask(goods, report={"alarms": [], "apart": []})

    def stands(*of, is_apart=False, **wanted):
        goods, alarms, lifting = lifted(*of, **wanted)
        return ask(
            goods, report={"alarms": alarms, "apart": [lifting] if is_apart else []}
        )

    again = packed()
    again.alarm(PLANT, POUCH)
    again.lift(PLANT, POUCH)
    anew = again.alarm(PLANT, POUCH)
    before = packed()
    before.lift(PLANT, POUCH)
    after = before.alarm(PLANT, POUCH)
    at_once = packed()
    here = at_once.alarm(PLANT, POUCH, persistentDisposition={"unset": ["recalled"]})
    twice = packed()
    twice.alarm(PLANT, POUCH)
    official = twice.alarm(OFFICE, POUCH)
    twice.lift(PLANT, POUCH)
    both = packed()
    both.alarm(PLANT, POUCH)
    both.alarm(OFFICE, POUCH)
    both.lift(OFFICE, POUCH)
    of_lot = packed()
    of_lot_index = of_lot.alarm(PLANT, LOT)
    of_lot.lift(PLANT, POUCH)
    return {
        "lifted-by-the-creator": is_lifted(PLANT),
        "lifted-by-an-authority": is_lifted(OFFICE),
        "lifted-by-one-with-standing": stands(SHOP),
        "lifted-by-a-stranger": stands(STRANGER, is_apart=True),
        "damage-lifted-by-one-with-standing": is_lifted(SHOP, "damaged"),
        "failed-test-lifted-by-another-with-the-right": stands(
            PLANT, "non_conformant", by=LAB
        ),
        "failed-test-lifted-by-its-own-creator": is_lifted(PLANT, "non_conformant"),
        "recall-of-an-authority-lifted-by-the-creator": stands(PLANT, by=OFFICE),
        "recall-of-an-authority-lifted-by-it": is_lifted(OFFICE, by=OFFICE),
        "failed-test-lifted-by-a-stranger": stands(STRANGER, "non_conformant", by=LAB),
        "failed-test-of-the-creator-lifted-by-a-stranger": stands(
            LAB, "non_conformant"
        ),
        "failed-test-lifted-by-an-authority": is_lifted(
            OFFICE, "non_conformant", by=LAB
        ),
        "failed-test-lifted-by-who-stated-it": is_lifted(LAB, "non_conformant", by=LAB),
        "another-word-lifted": stands(PLANT, unset="damaged"),
        "raised-again-after-it-was-lifted": ask(
            again, report={"alarms": [[POUCH, "recalled", anew, True]]}
        ),
        "lifted-before-it-was-raised": ask(
            before, report={"alarms": [[POUCH, "recalled", after, True]]}
        ),
        "raised-and-lifted-by-one-statement": ask(
            at_once, report={"alarms": [[POUCH, "recalled", here, True]]}
        ),
        "raised-by-two-and-lifted-by-the-creator": ask(
            twice, report={"alarms": [[POUCH, "recalled", official, True]]}
        ),
        "raised-by-two-and-lifted-by-the-authority": ask(both, report={"alarms": []}),
        "lifted-of-the-pouch-and-not-of-the-lot": ask(
            of_lot, report={"alarms": [[LOT, "recalled", of_lot_index, True]]}
        ),
    }


def _of_errors(ask):
    """Return what was declared in error: it links, raises and lifts nothing."""
    recall = packed()
    recalling = recall.alarm(PLANT, POUCH)
    declaring = recall.in_error(PLANT, recalling)
    by_office = packed()
    official = by_office.alarm(OFFICE, POUCH)
    withdrawn = by_office.in_error(OFFICE, official)
    lifting = packed()
    raised = lifting.alarm(PLANT, POUCH)
    lifting.in_error(PLANT, lifting.lift(PLANT, POUCH))
    parent = packed()
    parent.create(PLANT, CARTON)
    parent.in_error(PLANT, parent.put(PLANT, CARTON, POUCH))
    source = packed()
    source.create(PLANT, TANK)
    source.in_error(PLANT, source.make(PLANT, [TANK], [LOT]))
    part = made()
    part.create(STRANGER, FOREIGN_MILK)
    part.in_error(PLANT, part.make(PLANT, [FOREIGN_MILK], [], transformationID=DRYING))
    whole = made()
    whole.in_error(PLANT, 11)
    return {
        "recall-declared-in-error": ask(
            recall,
            report={"alarms": [], "apart": [], "shown": [4, 5, recalling, declaring]},
        ),
        "recall-of-an-authority-declared-in-error": ask(
            by_office, report={"alarms": [], "apart": [official, withdrawn]}
        ),
        "lifting-declared-in-error": ask(
            lifting, report={"alarms": [[POUCH, "recalled", raised, True]]}
        ),
        "parent-declared-in-error": ask(parent, report={"members": NEAR}),
        "source-declared-in-error": ask(source, report={"members": NEAR}),
        "part-of-a-transformation-declared-in-error": ask(
            part, report={"members": NEAR + SOURCES}
        ),
        "output-of-a-transformation-declared-in-error": ask(
            whole, report={"members": NEAR + SOURCES[:1]}
        ),
    }


def _of_flags(ask):
    """Return what is odd between statements; nothing that is apart makes it so."""

    def stays(at_shop):
        goods = made()
        goods.say(FARM, epcList=[ANIMAL], bizStep="arriving")
        other = {"id": PLACES[SHOP][0]}
        second = goods.say(
            at_shop, epcList=[ANIMAL], bizStep="arriving", readPoint=other
        )
        goods.say(FARM, epcList=[ANIMAL], bizStep="departing")
        return goods, second

    honest, overlapping = stays(FARM)
    strange, apart = stays(STRANGER)
    return {
        "two-places-at-once": ask(honest, flags=[[overlapping, "overlap"]]),
        "two-places-at-once-as-a-stranger-says": ask(
            strange, flags=[], report={"apart": [apart]}
        ),
    }
