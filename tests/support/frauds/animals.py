"""Frauds with animals: milk of those that give none, and animals that are not one."""

from ledger.simulate.diary import ATTACH, DAY, END, HOUR, MINUTE, OBSERVE
from ledger.simulate.parties import VET
from tests.support.frauds.kinds import fraud


@fraud("animals", "days milked after it", 15, 5, 1)
def dead_animal_milked(book, strength, chance):
    """A camel dies, and goes on giving milk in the books."""
    household, animal, at = _last_days(book, strength, chance)
    book.write(
        f"death/{_word(animal)}",
        END,
        is_wrong=False,
        at=at,
        by=(f"{household}/app", VET),
        step="decommissioning:inactive",
        place=household,
        epcList=[animal],
        caravan__process="death",
    )
    _accuse(book, animal, at)
    return animal


@fraud("animals", "days milked after it", 15, 5, 1)
def dry_animal_milked(book, strength, chance):
    """A camel is dried off, and goes on giving milk in the books."""
    household, animal, at = _last_days(book, strength, chance)
    book.write(
        f"dry/{_word(animal)}",
        is_wrong=False,
        at=at,
        by=f"{household}/app",
        step="other:active",
        place=household,
        epcList=[animal],
        caravan__process="drying off",
    )
    _accuse(book, animal, at, is_dead=False)
    return animal


@fraud("animals", "days of the withdrawal", 14, 7, 1)
def withdrawal_milk(book, strength, chance):
    """A camel is treated, and her milk goes into the can before it may."""
    household, animal = _milked_animal(book, chance)
    sampled = [
        page
        for page in book.about(animal)
        if page.body["bizStep"] == "sensor_reporting" and page.record
    ]
    days = sorted({book.at(page) // DAY for page in sampled})
    day = chance.choice(days[1 : -int(strength)])
    at, until = day * DAY + 5 * HOUR, (day + int(strength)) * DAY + 5 * HOUR
    book.write(
        f"treatment/{_word(animal)}",
        is_wrong=False,
        at=at,
        by=(VET, f"{household}/app"),
        step="holding:unavailable",
        place=household,
        epcList=[animal],
        caravan__process="treatment",
        caravan__withdrawalUntil=book.time(until),
    )
    _accuse(book, animal, at, until, is_dead=False)
    return animal


@fraud("animals", "milkings", 20, 5, 1)
def male_animal_milked(book, strength, chance):
    """A household has a bull calf give milk that came from elsewhere."""
    males = [
        page
        for page in book.by_word["birth"]
        if page.body["ilmd"]["caravan:sex"] == "male"
    ]
    birth = chance.choice(males)
    male, dam = birth.body["epcList"][0], birth.body["ilmd"]["caravan:dam"]
    milkings = [m for m in book.milkings_of(birth.place) if _has(m, dam)]
    first = chance.randrange(0, len(milkings) - int(strength) + 1)
    for milking in milkings[first : first + int(strength)]:
        inputs = milking.page.lie()["inputEPCList"]
        inputs[inputs.index(dam)] = male
        for page in milking.samples:
            if page.body["epcList"] == [dam]:
                page.lie()["epcList"] = [male]
    return male


@fraud("animals", "animals", 3, 2, 1)
def one_tag_on_two_animals(book, strength, chance):
    """An animal bears the tag of one in another herd."""
    pages = [page for page in book.by_word["tag"] if page.record.count("/") > 1]
    for _ in range(int(strength)):
        first, second = chance.sample(pages, 2)
        while first.place == second.place or first.is_wrong or second.is_wrong:
            first, second = chance.sample(pages, 2)
        second.lie()["childEPCs"] = list(first.body["childEPCs"])
        pages = [page for page in pages if page not in (first, second)]
    return second.record


@fraud("animals", "tags", 3, 2, 1)
def two_tags_on_one_animal(book, strength, chance):
    """An animal gets a second tag, so that it counts for two."""
    pages = [page for page in book.by_word["tag"] if page.record.count("/") > 1]
    for page in chance.sample(pages, int(strength)):
        number = f"999{chance.randrange(10**9, 274_877_906_943):012}"
        animal = page.body["parentID"]
        tag = page.body["childEPCs"][0].rpartition("/")[0] + f"/{number}"
        book.write(
            f"tag/{_word(animal)}/second",
            ATTACH,
            at=book.at(page) + 40 * DAY,
            by=page.signers,
            step="installing:active",
            place=page.place,
            parentID=animal,
            childEPCs=[tag],
        )
    return animal


@fraud("animals", "minutes between", 2, 10, 30)
def animal_at_two_places(book, strength, chance):
    """A camel of one herd is vaccinated in another while she is milked at home."""
    home, other = chance.sample(book.households, 2)
    milking = chance.choice([m for m in book.milkings_of(home) if m.page.record])
    sample = chance.choice(milking.samples)
    animal = sample.body["epcList"][0]
    book.write(
        f"vaccination/{other}/{_word(animal)}",
        at=book.at(sample) + int(strength) * MINUTE,
        by=(VET, f"{other}/app"),
        step="other:active",
        place=other,
        epcList=[animal],
        caravan__process="vaccination",
        caravan__disease="foot-and-mouth",
        caravan__vaccineLot=f"fo-{chance.randrange(1000, 9999)}",
    )
    return animal


@fraud("animals", "days in both herds", 15, 5, 1)
def animal_in_two_herds(book, strength, chance):
    """A camel arrives in one herd long before it departs from another."""
    home, other = chance.sample(book.households, 2)
    milking = chance.choice(book.milkings_of(home)[:10])
    animal = chance.choice(milking.page.body["inputEPCList"])
    first = book.at(milking.page) // DAY * DAY + 14 * HOUR
    for word, household, at, step in (
        ("arrival", other, first, "arriving:active"),
        ("departure", home, first + int(strength) * DAY, "departing:in_transit"),
    ):
        book.write(
            f"{word}/{_word(animal)}",
            OBSERVE,
            at=at,
            by=f"{household}/app",
            step=step,
            place=household,
            epcList=[animal],
        )
    return animal


def _word(animal):
    return animal.rpartition("/id/animal/")[2]


def _has(milking, animal):
    return bool(milking.page.record) and animal in milking.page.body["inputEPCList"]


def _milked_animal(book, chance):
    """Draw an animal that is milked from the first day to the last."""
    household = chance.choice(book.households)
    milkings = [m.page.body["inputEPCList"] for m in book.milkings_of(household)]
    always = [animal for animal in milkings[0] if all(animal in m for m in milkings)]
    return household, chance.choice(always)


def _last_days(book, strength, chance):
    """Draw an animal, and the morning so many days before its last milking."""
    household, animal = _milked_animal(book, chance)
    last = book.at(book.milkings_of(household)[-1].page) // DAY
    return household, animal, (last - int(strength) + 1) * DAY + 5 * HOUR


def _accuse(book, animal, since, until=None, *, is_dead=True):
    """Mark what is false from a time on: milk of an animal, or all it is said to do."""
    for page in book.about(animal):
        is_milk = page.process == "milking" or page.body["bizStep"] == (
            "sensor_reporting"
        )
        if page.is_added or not (is_milk or is_dead) or "ilmd" in page.body:
            continue
        if since < book.at(page) and (until is None or book.at(page) < until):
            page.lie()
