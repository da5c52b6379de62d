"""Frauds with time, custody, tests and devices."""

from decimal import Decimal

from ledger.simulate.diary import DAY, HOUR, MINUTE, OBSERVE
from ledger.simulate.parties import PLANT, QUALITY
from tests.support.frauds.book import reading, sample_grams
from tests.support.frauds.kinds import fraud

# ------------------------------------------------------------------------------- time


@fraud("time", "minutes to cold", 300, 180, 130)
def cooled_late(book, strength, chance):
    """Milk that was not cold within two hours is delivered like the rest."""
    page, end = _cooling(book, chance)
    reading(page.lie(), "cooling_time")["value"] = Decimal(int(strength))
    book.move(page, end + int(strength) * MINUTE)
    return page.record


@fraud("time", "minutes to cold", 300, 180, 130)
def cooled_late_and_told_otherwise(book, strength, chance):
    """Milk was cold too late, and somebody writes a shorter time than the clock's."""
    page, end = _cooling(book, chance)
    book.move(page, end + int(strength) * MINUTE)
    return page.record


@fraud("time", "hours before the sample", 48, 12, 1)
def test_before_its_sample(book, strength, chance):
    """The laboratory's report is dated before the sample was taken."""
    page = chance.choice(book.by_word["lot-test"])
    (sample,) = _same_lot(book, "lot-sample", page)
    book.move(page, book.at(sample) - int(strength) * HOUR)
    return page.record


@fraud("time", "km/h", 400, 150, 100)
def impossible_journey(book, strength, chance):
    """A pallet on the road is seen further on than a lorry can be."""
    (arrival, leaves, start, km) = chance.choice(_legs(book))
    at = start + km * HOUR // int(strength)
    stop = leaves and book.at(leaves) - book.at(arrival)
    book.move(arrival, at)
    if leaves:
        book.move(leaves, at + stop)
    return arrival.record


@fraud("time", "hours in both", 24, 6, 1)
def overlapping_stays(book, strength, chance):
    """A pallet departs from one place after it arrived at the next."""
    arrival, _, _, _ = chance.choice(_legs(book))
    before = [
        page
        for page in book.by_word["freight"]
        if page.record.endswith("/on")
        and page.record.split("/")[1] == arrival.record.split("/")[1]
        and book.at(page) < book.at(arrival)
    ]
    page = max(before, key=book.at)
    book.move(page, book.at(arrival) + int(strength) * HOUR)
    return page.record


@fraud("time", "days late", 20, 5, 2)
def typed_in_later(book, strength, chance):
    """A milking is made up long afterwards, and typed in as if of its day."""
    household = chance.choice(book.households)
    milking = chance.choice(
        [m for m in book.milkings_of(household) if m.page.record][:-1]
    )
    for page in (milking.page, *milking.samples, *_coolings(book, milking)):
        book.post_later(page, int(strength) * DAY)
        page.signers = (f"{household}/phone",)
        del page.body["caravan:source"]
    return milking.lot


@fraud("time", "days late", 10, 3, 1)
def test_backdated(book, strength, chance):
    """The station's analyser is set back for a test that was forgotten."""
    page = chance.choice(_tests(book)[: -3 * int(strength)])
    book.post_later(page, int(strength) * DAY + 30 * MINUTE)
    return page.record


@fraud("time", "days", 7, 3, 1)
def milkings_left_out(book, strength, chance):
    """A household delivers milk of days for which it has no milking at all."""
    household = chance.choice(book.households)
    milkings = [m for m in book.milkings_of(household) if m.page.record]
    first = chance.randrange(0, len(milkings) - 2 * int(strength) + 1)
    for milking in milkings[first : first + 2 * int(strength)]:
        for page in (milking.page, *milking.samples, *_coolings(book, milking)):
            book.tear_out(page)
    return household


# ---------------------------------------------------------------------------- custody


@fraud("custody", "signatures missing", 3, 2, 1)
def handover_not_signed(book, strength, chance):
    """The slip at the plant's gate lacks signatures of those who brought the milk."""
    page = chance.choice(book.by_word["slip"])
    page.lie()
    page.signers = page.signers[: -int(strength)]
    return page.record


@fraud("custody", "deliveries", 10, 3, 1)
def handover_left_out(book, strength, chance):
    """Milk of a household is in the station's tank, and nobody handed it over."""
    household = chance.choice(book.households)
    pages = [
        page
        for page in book.by_word["delivery"]
        if page.record.split("/")[1] == household
    ]
    for page in chance.sample(pages, int(strength)):
        book.tear_out(page)
    return household


@fraud("custody", "slips", 5, 2, 1)
def slip_left_out(book, strength, chance):
    """The plant receives a load for which there is no slip."""
    for page in chance.sample(book.by_word["slip"], int(strength)):
        book.tear_out(page)
    return page.record


@fraud("custody", "days", 10, 3, 1)
def own_delivery_tested(book, strength, chance):
    """A household tests its own milk in the station's place."""
    household = chance.choice(book.households)
    pages = [p for p in _tests(book) if p.record.split("/")[1] == household]
    for page in chance.sample(pages, int(strength)):
        page.lie()["readPoint"] = {"id": book.names.place(household)}
        page.body.pop("caravan:area", None)
        page.signers = (f"{household}/app",)
    return household


@fraud("custody", "lots", 3, 2, 1)
def own_lot_tested(book, strength, chance):
    """The plant tests its own lot in the laboratory's name, and signs alone."""
    pages = chance.sample(book.by_word["lot-test"], int(strength))
    for page in pages:
        page.lie()["readPoint"] = {"id": book.names.place(PLANT)}
        page.body["caravan:area"] = "652929"
        page.signers = (QUALITY,)
    return pages[0].record


@fraud("custody", "% moisture found", 9, 6, Decimal("5.2"))
def failed_lot_released(book, strength, chance):
    """The laboratory fails a lot, and the plant releases it all the same."""
    page = chance.choice(book.by_word["lot-test"])
    (release,) = _same_lot(book, "released", page)
    body = page.carry()
    body["disposition"] = "non_conformant"
    reading(body, "moisture")["value"] = Decimal(strength).quantize(Decimal("0.01"))
    release.lie()
    return release.record


# ------------------------------------------------------------------------------ tests


@fraud("tests", "lots", 3, 2, 1)
def lot_test_left_out(book, strength, chance):
    """A lot is released on a report that nobody in the ledger gave."""
    pages = chance.sample(book.by_word["lot-test"], int(strength))
    for page in pages:
        book.tear_out(page)
        (release,) = _same_lot(book, "released", page)
        release.lie()
    return pages[0].record


@fraud("tests", "lots", 3, 2, 1)
def sample_left_out(book, strength, chance):
    """A lot is tested, and no sample of it was handed over."""
    pages = chance.sample(book.by_word["lot-sample"], int(strength))
    for page in pages:
        book.tear_out(page)
        (tested,) = _same_lot(book, "lot-test", page)
        tested.lie()
    return pages[0].record


@fraud("tests", "lots", 3, 2, 1)
def species_test_left_out(book, strength, chance):
    """The test of a lot says nothing of the species, and the lot is sold as camel's."""
    pages = chance.sample(book.by_word["lot-test"], int(strength))
    for page in pages:
        for element in page.lie()["sensorElementList"]:
            element["sensorReport"] = [
                report
                for report in element["sensorReport"]
                if report.get("component") != "caravan:camel_dna"
            ]
    return pages[0].record


@fraud("tests", "statements that cite it", 4, 2, 1)
def report_used_twice(book, strength, chance):
    """The report on one lot is cited for others, which nobody tested."""
    pages = book.by_word["lot-test"]
    order = chance.sample(pages, len(pages))
    first = order[0].body["bizTransactionList"]
    # A lot's release before its test: the faintest is a release alone.
    citing = [
        page
        for other in order[1:]
        for page in (*_same_lot(book, "released", other), other)
    ]
    for page in citing[: int(strength)]:
        page.lie()["bizTransactionList"] = [dict(item) for item in first]
    return order[0].record


@fraud("tests", "days", 10, 3, 1)
def test_copied(book, strength, chance):
    """The station writes down yesterday's result of a household without measuring."""
    household = chance.choice(book.households)
    pages = [p for p in _tests(book) if p.record.split("/")[1] == household]
    first = chance.randrange(1, len(pages) - int(strength) + 1)
    model = pages[first - 1].body["sensorElementList"]
    for page in pages[first : first + int(strength)]:
        page.lie()["sensorElementList"] = [
            {**element, "sensorReport": [dict(r) for r in element["sensorReport"]]}
            for element in model
        ]
    return household


@fraud("tests", "days", 10, 3, 1)
def tests_left_out(book, strength, chance):
    """The station pools a household's milk for days without a test."""
    household = chance.choice(book.households)
    pages = [p for p in _tests(book) if p.record.split("/")[1] == household]
    first = chance.randrange(0, len(pages) - int(strength) + 1)
    for page in pages[first : first + int(strength)]:
        book.tear_out(page)
    return household


# ---------------------------------------------------------------------------- devices


@fraud("devices", "days past", 200, 30, 2)
def meter_out_of_calibration(book, strength, chance):
    """A household's meter was calibrated once, and is used after that has run out."""
    household = chance.choice(book.households)
    milkings = book.milkings_of(household)
    last = book.at(milkings[-1].samples[0])
    until = last - int(strength) * DAY
    meter = milkings[0].samples[0].body["sensorElementList"][0]["sensorMetadata"]
    book.write(
        f"calibration/{household}/meter-1",
        OBSERVE,
        is_wrong=False,
        at=until - 365 * DAY,
        by=f"{household}/app",
        step="inspecting:conformant",
        place=household,
        epcList=[meter["deviceID"]],
        caravan__process="calibration",
        caravan__validUntil=book.time(until),
    )
    for milking in milkings:
        for page in milking.samples:
            if book.at(page) > until:
                page.lie()
    return household


@fraud("devices", "milkings", 20, 5, 1)
def finer_than_the_meter(book, strength, chance):
    """Yields are made up to the gram, which the meter cannot tell."""
    household = chance.choice(book.households)
    milkings = [m for m in book.milkings_of(household) if m.page.record]
    first = chance.randrange(0, len(milkings) - int(strength) + 1)
    for milking in milkings[first : first + int(strength)]:
        before = sum(sample_grams(page) for page in milking.samples)
        yields = {
            page.body["epcList"][0]: sample_grams(page) + chance.randrange(1, 10)
            for page in milking.samples
        }
        _refine(milking, yields, sum(yields.values()) - before)
    return household


def _refine(milking, yields, more):
    """Write finer yields; what stays at home takes the difference."""
    for page in milking.samples:
        grams = yields[page.body["epcList"][0]]
        reading(page.lie(), "milk")["value"] = Decimal(grams).scaleb(-3)
    kept = milking.page.carry()["caravan:loss"][0]
    kept["quantity"] += Decimal(more).scaleb(-3)


def _tests(book):
    """Return the station's tests of milk that it took."""
    return [
        page
        for page in book.by_word["test"]
        if page.body["disposition"] == "conformant"
    ]


def _same_lot(book, word, page):
    """Return pages of the lot that another one is of."""
    lot = page.record.split("/")[1]
    return [p for p in book.by_word[word] if p.record.split("/")[1:2] == [lot]]


def _cooling(book, chance):
    """Draw the cooling of an evening's milk, and when its milking ended."""
    milking = chance.choice(
        [m for m in book.milkings if m.page.record and m.word.endswith("pm")]
    )
    (page,) = _coolings(book, milking)
    return page, book.at(milking.page)


def _coolings(book, milking):
    return [p for p in book.about(milking.lot) if p.body["bizStep"] == "storing"]


def _legs(book):
    """Return arrivals of pallets on the road, the departures after them if any,
    when the pallet left the stop before, and how far that is."""
    legs = []
    for shipped in book.by_word["shipped"]:
        if shipped.body["caravan:mode"] != "road":
            continue
        start, gone = book.at(shipped), 0
        stops = {page.record: page for page in _same_lot(book, "freight", shipped)}
        for record, page in stops.items():
            if record.endswith("/on"):
                start = book.at(page)
                continue
            far = int(page.body["caravan:distance"]["quantity"])
            if far - gone > 500:
                legs.append((page, stops.get(f"{record}/on"), start, far - gone))
            gone = far
    return legs
