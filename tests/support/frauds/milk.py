"""Frauds with milk: water, other milk, milk of others, and yields that nobody gave."""

from decimal import Decimal

from ledger.simulate.diary import kg
from tests.support.frauds.book import (
    COW,
    MILK,
    WATER,
    close_balance,
    grams,
    reading,
    sample_grams,
)
from tests.support.frauds.kinds import fraud

_PERIOD = 6
"""Milkings in a row of a fraud that goes on for some days."""

# ------------------------------------------------------------------------------- mass


@fraud("mass", "% of the tank", 20, 10, 5, 1)
def water_in_tank(book, strength, chance):
    """The station pours water into its tank after the tests, and ships more than came.

    All who weigh and test it later tell the truth.
    """
    return _pour_into_tank(book, strength, chance, WATER)


@fraud("mass", "% of the tank", 40, 20, 10, 5)
def cow_milk_in_tank(book, strength, chance):
    """The station buys cow's milk in, and pools it as what the households brought."""
    return _pour_into_tank(book, strength, chance, COW)


@fraud("mass", "% of the cans", 20, 10, 5, 2)
def water_in_cans(book, strength, chance):
    """A household waters its milk, and credits the water to its animals' samples."""
    return _pad(book, strength, chance, WATER)


@fraud("mass", "% of the cans", 50, 30, 20, 10)
def cow_milk_in_cans(book, strength, chance):
    """A household mixes cow's milk in, and credits it to its animals' samples."""
    return _pad(book, strength, chance, COW)


@fraud("mass", "% of the other's milk", 50, 20, 10, 5)
def milk_of_another_household(book, strength, chance):
    """Milk of one household is written into the cans of another one."""
    giver, taker = chance.sample(book.households, 2)
    for gives, takes in _pairs(book, giver, taker, chance):
        part = gives.grams * int(strength) // 100 // 10 * 10
        for milking, delta in ((gives, -part), (takes, part)):
            body = milking.page.lie()
            body["outputQuantityList"][0]["quantity"] = kg(milking.grams + delta)
            if delta < 0:
                before = sum(sample_grams(page) for page in gives.samples)
                body["caravan:loss"][0]["quantity"] = kg(before - milking.grams)
            _carry_can(book, milking.lot, delta)
    return f"milk of {giver} in cans of {taker}"


@fraud("mass", "% of the powder", 30, 15, 8, 3)
def powder_of_too_little_milk(book, strength, chance):
    """The plant writes down more powder than the milk of a run gives."""
    page = chance.choice(book.loose_runs())
    body = page.lie()
    (element,) = body["outputQuantityList"]
    more = grams(element["quantity"]) * int(strength) // 100 // 10 * 10
    element["quantity"] = kg(grams(element["quantity"]) + more)
    close_balance(body)
    book.restock(element["epcClass"], more)
    return element["epcClass"]


@fraud("mass", "% of the powder", 50, 20, 10, 5)
def powder_from_outside(book, strength, chance):
    """The plant fills pouches with powder that it bought, beside its own."""
    pages = _pages_of_lot(book, chance)
    for page in pages:
        for element in page.lie()["inputQuantityList"]:
            left = grams(element["quantity"]) * int(strength) // 100
            element["quantity"] = kg(grams(element["quantity"]) - left)
            book.restock(element["epcClass"], left, is_batch=False)
    return pages[0].record


@fraud("mass", "households", 3, 2, 1)
def litres_as_kilograms(book, strength, chance):
    """The station writes a household's kilograms down as litres, for one day."""
    day = chance.choice(book.by_word["tank"]).moment.date()
    pages = [p for p in book.by_word["delivery"] if p.moment.date() == day]
    for page in chance.sample(pages, len(pages))[: int(strength)]:
        for element in page.lie()["quantityList"]:
            element["uom"] = "LTR"
    return f"{day}"


@fraud("custody", "% of the load", 10, 5, 2, 1)
def gap_at_handover(book, strength, chance):
    """Milk is taken out of the tanker on its way, and the slip has what is left."""
    dried = chance.choice(book.loose_runs())
    word = dried.record.partition("/")[2]
    (slip,) = (p for p in book.by_word["slip"] if p.record.endswith(word))
    (load,) = slip.body["quantityList"]
    gone = grams(load["quantity"]) * int(strength) // 100
    # Who loaded and drove it says what there was; who receives it, what there is.
    received = next(p for p in book.about(load["epcClass"]) if p.process == "receiving")
    into = received.carry()["inputQuantityList"][0]
    before = grams(into["quantity"])
    slip.lie()["quantityList"][0]["quantity"] = kg(before - gone)
    into["quantity"] = kg(before - gone)
    out = received.body["outputQuantityList"][0]
    less = -(gone * grams(out["quantity"]) // before)
    out["quantity"] = kg(grams(out["quantity"]) + less)
    close_balance(received.body)
    book.refill(out["epcClass"], less)
    return slip.record


# ----------------------------------------------------------------------------- origin


@fraud("origin", "kg a day and animal", 12, 6, Decimal("4.5"))
def yields_too_high(book, strength, chance):
    """A household buys camel's milk elsewhere, and says that its animals gave it."""
    household, milkings = _days_in_a_row(book, chance)
    for milking in milkings:
        total = sum(sample_grams(page) for page in milking.samples)
        target = int(strength * 500) * len(milking.samples)
        book.remilk(
            milking,
            {
                page.body["epcList"][0]: sample_grams(page) * target // total // 10 * 10
                for page in milking.samples
            },
        )
    return household


@fraud("origin", "animals", 4, 2, 1)
def ghost_animals(book, strength, chance):
    """A household credits bought milk to animals that are not in its herd book."""
    household, milkings = _days_in_a_row(book, chance)
    number = chance.randrange(3000, 9000)
    ghosts = [
        book.names.own("animal", household, f"{number + 7 * place}")
        for place in range(int(strength))
    ]
    for milking in milkings:
        before = sum(sample_grams(page) for page in milking.samples)
        after = before
        models = [chance.choice(milking.samples) for _ in ghosts]
        for place, (ghost, model) in enumerate(zip(ghosts, models, strict=True)):
            given = sample_grams(model) * chance.randrange(85, 116) // 1000 * 10
            after += given
            milking.page.lie()["inputEPCList"].append(ghost)
            elements = [
                {
                    **element,
                    "sensorReport": [dict(r) for r in element["sensorReport"]],
                }
                for element in model.body["sensorElementList"]
            ]
            page = book.write(
                f"sample/{ghost.rpartition('/id/animal/')[2]}/{milking.word}",
                at=book.at(milking.page) - 60 + 10 * place,
                by=model.signers,
                step="sensor_reporting:active",
                place=household,
                epcList=[ghost],
                sensorElementList=elements,
            )
            reading(page.body, "milk")["value"] = kg(given)
        milking.page.lie()["caravan:head"] += len(ghosts)
        book.recan(milking, before, after, MILK)
    return f"{ghosts[0]} and {len(ghosts) - 1} more"


# ----------------------------------------------------------------------- plausibility


@fraud("plausibility", "days", 10, 5, 2)
def yields_copied(book, strength, chance):
    """A household copies yesterday's yields, animal by animal, for some days."""
    household, milkings = _days_in_a_row(book, chance, 2 * int(strength) + 2)
    for milking in milkings[2:]:
        model = {
            page.body["epcList"][0]: page
            for page in milkings[milkings.index(milking) % 2].samples
        }
        for page in milking.samples:
            same = model.get(page.body["epcList"][0])
            for word in ("fat", "protein") if same else ():
                new = reading(same.body, word)["value"]
                if reading(page.body, word)["value"] != new:
                    reading(page.lie(), word)["value"] = new
        book.remilk(
            milking, {animal: sample_grams(page) for animal, page in model.items()}
        )
    return household


@fraud("plausibility", "% spread", 1, 4, 8)
def yields_too_uniform(book, strength, chance):
    """Somebody makes a household's yields up, all of them near one figure."""
    household, milkings = _days_in_a_row(book, chance, 10)
    for milking in milkings:
        count = len(milking.samples)
        total = sum(sample_grams(page) for page in milking.samples)
        # Deviations that add up to nothing, of the spread that is wanted.
        steps = [place - (count - 1) / 2 for place in range(count)]
        spread = (sum(step * step for step in steps) / count) ** 0.5
        chance.shuffle(steps)
        mean = total / count
        made_up = [
            round(mean * (1 + step * int(strength) / 100 / spread) / 10) * 10
            for step in steps
        ]
        made_up[0] += total - sum(made_up)
        names = [page.body["epcList"][0] for page in milking.samples]
        book.remilk(milking, dict(zip(names, made_up, strict=True)), is_lie=False)
    return household


def _pour_into_tank(book, strength, chance, admixture):
    dried = chance.choice(book.loose_runs())
    word = dried.record.partition("/")[2]
    (page,) = (p for p in book.by_word["tank"] if p.record.endswith(word))
    (element,) = page.lie()["outputQuantityList"]
    before = grams(element["quantity"])
    added = before * int(strength) // (100 - int(strength))
    element["quantity"] = kg(before + added)
    book.refill(element["epcClass"], added, admixture)
    return element["epcClass"]


def _pad(book, strength, chance, admixture):
    household, milkings = _days_in_a_row(book, chance)
    for milking in milkings:
        book.remilk(
            milking,
            {
                page.body["epcList"][0]: sample_grams(page)
                * 100
                // (100 - int(strength))
                // 10
                * 10
                for page in milking.samples
            },
            admixture,
        )
    return household


def _days_in_a_row(book, chance, count=_PERIOD):
    """Draw one of the two largest households, and milkings of it in a row."""
    household = chance.choice(book.households[:2])
    found = book.loose_milkings(household)
    # What is typed in late is another matter; so is what the station refused.
    usable = [
        m
        for m in found
        if m.page.record and not any("poured" in p.record for p in book.about(m.lot))
    ]
    first = chance.randrange(0, len(usable) - count + 1)
    return household, usable[first : first + count]


def _pairs(book, giver, taker, chance):
    """Return milkings of two households at one time, some in a row."""
    other = {m.word: m for m in book.milkings_of(taker) if m.page.record}
    both = [
        (m, other[m.word])
        for m in book.milkings_of(giver)
        if m.page.record and m.word in other and not _is_refused(book, m, other[m.word])
    ]
    first = chance.randrange(0, len(both) - _PERIOD + 1)
    return both[first : first + _PERIOD]


def _is_refused(book, *milkings):
    return any("poured" in p.record for m in milkings for p in book.about(m.lot))


def _carry_can(book, lot, delta):
    """Let the truth follow a can as far as the tank, which has the same milk in all."""
    for page in book.about(lot):
        if page.process == "milking":
            continue
        body = page.carry()
        member = "quantityList" if "quantityList" in body else "inputQuantityList"
        for element in body[member]:
            if element["epcClass"] == lot:
                element["quantity"] = kg(grams(element["quantity"]) + delta)


def _pages_of_lot(book, chance):
    """Return the packing of one lot."""
    lots = sorted({page.record.split("/")[1] for page in book.by_word["packed"]})
    word = chance.choice(lots)
    return [p for p in book.by_word["packed"] if p.record.split("/")[1] == word]
