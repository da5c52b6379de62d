"""The drafts of a season as a book, in which a cheat writes before it is signed.

Of each draft that was touched the book knows why: because it is ``wrong`` (it lies, or
tells of what must not be), or because it is ``carried`` (it tells the truth about goods
that the fraud made heavier, lighter or thinner).
"""

import copy
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from ledger.event import EPC_LISTS, QUANTITY_LISTS
from ledger.simulate.diary import DAY, HOUR, MINUTE, OBSERVE, Diary, amount, kg
from ledger.simulate.names import Names
from ledger.simulate.parties import PLANT, QUALITY

_NOON = 12


@dataclass(frozen=True, slots=True)
class Planted:
    """A season with a fraud in it.

    Attributes:
        drafts: All of it, in the order of posting.
        where: In words: which household, day or lot.
        wrong: ``eventID`` of drafts that lie, or tell of what must not be.
        added: Those that the season without it has not, wrong or not.
        carried: Drafts that were changed and tell the truth about what came of it.
        missing: What the season without it has, and this one has not. What is said to
            happen at another time has another ``eventID``, and is missing and wrong.
        about: The things that wrong and missing drafts name: of what is left out, no
            draft is there to be shown.
    """

    drafts: tuple
    where: str
    wrong: frozenset
    added: frozenset
    carried: frozenset
    missing: frozenset
    about: frozenset


@dataclass(frozen=True, slots=True)
class Admixture:
    """What is mixed into milk, in the units of the season's tests.

    Attributes:
        worth: Hundredths of the powder that as much camel's milk gives.
        values: What an analyser finds in it; empty: the same as in the milk.
    """

    worth: int
    values: dict


MILK = Admixture(100, {})
"""Camel's milk like the rest of it."""
WATER = Admixture(
    0,
    {
        "fat": Decimal(0),
        "protein": Decimal(0),
        "lactose": Decimal(0),
        "ash": Decimal(0),
        "density": Decimal("0.9982"),
        "freezing_point": Decimal(0),
    },
)
COW = Admixture(
    81,
    {
        "fat": Decimal("3.80"),
        "protein": Decimal("3.25"),
        "lactose": Decimal("4.70"),
        "ash": Decimal("0.72"),
        "density": Decimal("1.0300"),
        "freezing_point": Decimal("-0.525"),
    },
)


class Page:
    """One draft, and what was done to it."""

    def __init__(self, draft, *, is_added=False):
        self.draft = draft
        self.body = draft.body
        self.posted = draft.posted
        self.signers = draft.signers
        self.is_added = is_added
        self.is_torn = False
        self.is_wrong = False
        self.is_carried = False

    @property
    def id(self):
        return self.body["eventID"]

    @property
    def record(self):
        """Return what its register calls it; nothing if somebody typed it in."""
        return self.body.get("caravan:source", {"record": ""})["record"]

    @property
    def moment(self):
        return datetime.fromisoformat(self.body["eventTime"])

    @property
    def place(self):
        return self.body["readPoint"]["id"].rpartition("/")[2]

    @property
    def process(self):
        return self.body.get("caravan:process", "")

    @property
    def is_touched(self):
        return self.is_wrong or self.is_carried or self.is_torn or self.is_added

    def lie(self):
        """Return the body, to be changed into a lie."""
        self._own()
        self.is_wrong = True
        return self.body

    def carry(self):
        """Return the body, to be changed as the truth has changed."""
        self._own()
        self.is_carried = True
        return self.body

    def result(self):
        if not (self.is_wrong or self.is_carried):
            return self.draft
        return replace(
            self.draft, posted=self.posted, signers=self.signers, body=self.body
        )

    def _own(self):
        if self.body is self.draft.body:
            self.body = copy.deepcopy(self.draft.body)


@dataclass(frozen=True, slots=True)
class Milking:
    """One milking of a household, with the samples of its animals."""

    page: Page
    samples: tuple

    @property
    def household(self):
        return self.page.place

    @property
    def lot(self):
        return self.page.body["outputQuantityList"][0]["epcClass"]

    @property
    def word(self):
        """Return the day and the session, as in 2026-02-11-pm."""
        return self.lot.rpartition("/")[2]

    @property
    def grams(self):
        return grams(self.page.body["outputQuantityList"][0]["quantity"])


class Book:
    """All drafts of a season."""

    def __init__(self, drafts):
        self.pages = [Page(draft) for draft in drafts]
        self.by_word = defaultdict(list)
        for page in self.pages:
            if not page.draft.is_lost:
                self.by_word[page.record.partition("/")[0]].append(page)
        tank = self.by_word["tank"][0]
        self.start = (tank.moment - timedelta(seconds=tank.posted)).date()
        host = tank.body["readPoint"]["id"].split("/")[2]
        self.names = Names(host)
        self._diary = Diary(self.names, self.start)

    # ------------------------------------------------------------------ finding

    @cached_property
    def _about(self):
        found = defaultdict(list)
        for page in self.pages:
            for thing in things(page.body):
                found[thing].append(page)
        return found

    def about(self, thing):
        """Return the pages that name a thing, in the order of posting."""
        return [page for page in self._about[thing] if not page.is_torn]

    def at(self, page):
        """Return when it happens, in seconds from the start."""
        return self.seconds(page.moment)

    def seconds(self, moment):
        midnight = datetime.fromisoformat(self._diary.time(0))
        return int((moment - midnight).total_seconds())

    def time(self, at):
        return self._diary.time(at)

    def date(self, day):
        return self._diary.date(day)

    @cached_property
    def milkings(self):
        """Return every milking, in the order of time."""
        samples = defaultdict(list)
        pages = []
        for page in self.pages:
            if page.process == "milking":
                pages.append(page)
            elif page.body["bizStep"] == "sensor_reporting":
                samples[page.place, _session(page.moment)].append(page)
        pages.sort(key=lambda page: (page.moment, page.place))
        return [
            Milking(page, tuple(samples[page.place, _session(page.moment)]))
            for page in pages
        ]

    @cached_property
    def households(self):
        """Return the households, those with most animals first."""
        head = defaultdict(set)
        for milking in self.milkings:
            head[milking.household].update(milking.page.body["inputEPCList"])
        return sorted(head, key=lambda word: (-len(head[word]), word))

    @cached_property
    def packed_powders(self):
        return {
            element["epcClass"]
            for page in self.by_word["packed"]
            for element in page.body["inputQuantityList"]
        }

    def milkings_of(self, household):
        return [m for m in self.milkings if m.household == household]

    def loose_runs(self):
        """Return the drying of each batch of which nothing is packed in the season."""
        return [
            page
            for page in self.by_word["dried"]
            if page.body["outputQuantityList"][0]["epcClass"] not in self.packed_powders
        ]

    def loose_milkings(self, household):
        """Return a household's milkings of which no powder is packed in the season.

        They are those of the longest row of such runs; of others, less milk would
        leave a lot without its powder.
        """
        loose = set(self.loose_runs())
        rows, row = [], []
        for page in self.by_word["dried"]:
            if page in loose:
                row.append(page)
            elif row:
                rows.append(row)
                row = []
        best = max([*rows, row], key=len)
        milk = {lot for page in best for lot in self._milk_behind(page)}
        return [m for m in self.milkings_of(household) if m.lot in milk]

    def _milk_behind(self, page):
        lots, found = [page], []
        while lots:
            for element in lots.pop().body["inputQuantityList"]:
                lot = element["epcClass"]
                makers = [p for p in self.about(lot) if makes(p, lot)]
                if makers and makers[0].process != "milking":
                    lots += makers
                else:
                    found.append(lot)
        return found

    # ------------------------------------------------------------------ writing

    def write(self, record, kind=OBSERVE, *, is_wrong=True, **members):
        """Add a draft; return its page."""
        self._diary.write(record, kind, **members)
        page = Page(self._diary.drafts.pop(), is_added=True)
        page.is_wrong = is_wrong
        self.pages.append(page)
        for thing in things(page.body):
            self._about[thing].append(page)
        return page

    def tear_out(self, page):
        """Leave a draft out."""
        page.is_torn = True

    def move(self, page, at, *, posted=None):
        """Let something happen at another time; it is posted then, or later."""
        body = page.lie()
        self._diary.write(
            page.record or f"by hand/{page.id}",
            OBSERVE,
            at=at,
            by=page.signers,
            step=body["bizStep"],
            place=page.place,
        )
        written = self._diary.drafts.pop()
        body["eventTime"] = written.body["eventTime"]
        body["eventID"] = written.body["eventID"]
        page.posted = at if posted is None else posted

    def post_later(self, page, seconds):
        """Sign it so much later, with the time that it should have had."""
        page.lie()
        page.posted += seconds

    # --------------------------------------------------------------- what flows

    def refill(self, lot, delta, admixture=MILK):
        """Let the truth follow a lot that is heavier by some grams, to the powder.

        What makes the lot is not touched: that is where the cheat writes.

        Args:
            lot: The lot, which is always used whole.
            delta: How much heavier; of camel's milk, it may be less than 0.
            admixture: What it is that was added.
        """
        if not delta:
            return
        for page in self.about(lot):
            if makes(page, lot):
                continue
            member = next(m for m in QUANTITY_LISTS if _element(page.body, m, lot))
            if "quantity" not in _element(page.body, member, lot):
                continue
            body = page.carry()
            element = _element(body, member, lot)
            before = _total(body, member)
            element["quantity"] = kg(grams(element["quantity"]) + delta)
            if member == "inputQuantityList":
                self._pass_on(page, before, delta, admixture)
            elif body["bizStep"] == "inspecting":
                _mix(body, delta, before + delta, admixture)

    def _pass_on(self, page, before, delta, admixture):
        (element,) = page.body["outputQuantityList"]
        out = grams(element["quantity"])
        is_powder = "/powder/" in element["epcClass"]
        gain = delta * (admixture.worth if is_powder else 100) // 100
        gain = gain * out // before
        element["quantity"] = kg(out + gain)
        close_balance(page.body)
        if is_powder:
            self.restock(element["epcClass"], gain)
        else:
            self.refill(element["epcClass"], gain, admixture)

    def restock(self, powder, delta, *, is_batch=True):
        """Let the truth follow a batch of powder: what is not packed is in stock.

        Args:
            powder: The batch.
            delta: How much more of it is left over, in grams.
            is_batch: Whether the batch itself is heavier, and not less of it packed.
        """
        if not delta:
            return
        stock = None
        for page in self.about(powder):
            is_stock = page.body["bizStep"] == "stock_taking"
            if makes(page, powder) or page.process == "packing":
                continue
            if not is_batch and not is_stock:
                continue
            element = _element(page.carry(), "quantityList", powder)
            element["quantity"] = kg(grams(element["quantity"]) + delta)
            if is_stock:
                stock = grams(element["quantity"])
        if stock is None:
            stock = delta
            last = max(self.at(page) for page in self.by_word["tank"]) // DAY + 1
            self.write(
                f"stock/{powder.rpartition('/')[2]}",
                is_wrong=False,
                at=last * DAY + 17 * HOUR,
                by=QUALITY,
                step="stock_taking:sellable_not_accessible",
                place=PLANT,
                quantityList=[amount(powder, delta)],
            )
        if stock <= 0:
            raise ValueError(f"{powder}: {stock} g in stock")

    def remilk(self, milking, yields, admixture=MILK, *, is_lie=True):
        """Give the samples of a milking other masses, and the can what follows.

        Args:
            milking: Which one.
            yields: Grams by animal; animals that are left out keep theirs.
            admixture: What the difference is.
            is_lie: Whether the milking itself lies, or tells what follows.
        """
        before = sum(sample_grams(page) for page in milking.samples)
        for page in milking.samples:
            animal = page.body["epcList"][0]
            if animal in yields and yields[animal] != sample_grams(page):
                reading(page.lie(), "milk")["value"] = kg(yields[animal])
        after = sum(sample_grams(page) for page in milking.samples)
        if is_lie or after != before:
            self.recan(milking, before, after, admixture, is_lie=is_lie)

    def recan(self, milking, before, after, admixture=MILK, *, is_lie=True):
        """Let the can have what the samples say, without what stays at home."""
        delta = (after - before) * milking.grams // before // 10 * 10
        body = milking.page.lie() if is_lie else milking.page.carry()
        body["outputQuantityList"][0]["quantity"] = kg(milking.grams + delta)
        kept = after - milking.grams
        body["caravan:loss"] = [
            {"quantity": kg(kept), "reason": "kept at home", "uom": "KGM"}
        ]
        self.refill(milking.lot, delta, admixture)

    # ------------------------------------------------------------------ closing

    def close(self, where):
        """Return the season with what was planted."""
        kept = [page for page in self.pages if not page.is_torn]
        kept.sort(key=lambda page: page.posted)
        return Planted(
            drafts=tuple(page.result() for page in kept),
            where=where,
            wrong=frozenset(page.id for page in kept if page.is_wrong),
            added=frozenset(page.id for page in kept if page.is_added),
            carried=frozenset(
                page.id for page in kept if page.is_carried and not page.is_wrong
            ),
            missing=frozenset(page.draft.body["eventID"] for page in self._gone()),
            about=frozenset(
                thing
                for page in self.pages
                if page.is_wrong or page.is_torn
                for thing in things(page.body) | things(page.draft.body)
            ),
        )

    def _gone(self):
        return [
            page
            for page in self.pages
            if page.is_torn or page.id != page.draft.body["eventID"]
        ]


def things(body):
    """Return what a body names, each once."""
    found = {epc for member in EPC_LISTS for epc in body.get(member, ())}
    for member in QUANTITY_LISTS:
        found.update(element["epcClass"] for element in body.get(member, ()))
    if "parentID" in body:
        found.add(body["parentID"])
    return found


def makes(page, thing):
    """Tell whether a page is where a lot is made."""
    return _element(page.body, "outputQuantityList", thing) is not None


def grams(quantity):
    return int(quantity * 1000)


def reading(body, component):
    """Return the sensor report of something."""
    return next(
        report
        for element in body["sensorElementList"]
        for report in element["sensorReport"]
        if report.get("component") == f"caravan:{component}"
    )


def sample_grams(page):
    return grams(reading(page.body, "milk")["value"])


def close_balance(body):
    """Let the first of the losses be what the sides and the others leave."""
    rest = _total(body, "inputQuantityList") - _total(body, "outputQuantityList")
    losses = body.get("caravan:loss", [])
    rest -= sum(grams(part["quantity"]) for part in losses[1:])
    if rest < 0:
        raise ValueError(f"{body['eventID']}: lost {rest} g")
    if losses:
        losses[0]["quantity"] = kg(rest)
    elif rest:
        body["caravan:loss"] = [{"quantity": kg(rest), "reason": "left", "uom": "KGM"}]


def _element(body, member, lot):
    return next((e for e in body.get(member, ()) if e["epcClass"] == lot), None)


def _total(body, member):
    return sum(
        grams(e["quantity"]) for e in body.get(member, ()) if e.get("uom") == "KGM"
    )


def _mix(body, part, whole, admixture):
    """Let a test find what was added, as far as it weighs."""
    for element in body.get("sensorElementList", ()):
        for report in element["sensorReport"]:
            word = report.get("component", "").removeprefix("caravan:")
            word = word or ("density" if report.get("uom") == "23" else "")
            if word in admixture.values:
                old = report["value"]
                new = old + (admixture.values[word] - old) * part / whole
                report["value"] = new.quantize(old)


def _session(moment):
    return moment.date(), moment.hour < _NOON


__all__ = [
    "COW",
    "DAY",
    "HOUR",
    "MILK",
    "MINUTE",
    "WATER",
    "Book",
    "Planted",
]
