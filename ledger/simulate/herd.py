"""The camels: herd book, births, tags, weighings, vaccinations, a treatment.

A camel that is milked has a calf at foot. Calves are weighed and vaccinated like their
dams, and die or leave in no season that is simulated here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.encoding import Json
from ledger.simulate.chance import between, draw
from ledger.simulate.diary import (
    ATTACH,
    CREATE,
    DAY,
    HOUR,
    MINUTE,
    OBSERVE,
    Diary,
    measured,
    report,
    texts,
)
from ledger.simulate.figures import (
    ADULT_WEIGHT,
    BIRTH_WEIGHT,
    CALF_GAIN,
    CALF_VIGOUR,
)
from ledger.simulate.parties import VET, VETERINARIAN, household_word
from ledger.simulate.plan import Plan

_WEIGHING_DAYS: Final = 30
_SHORTEST_DAYS: Final = 28
"""Gains over fewer days say nothing: a camel's weight follows its thirst."""
_TYPO: Final = 10
"""A decimal point forgotten."""


@dataclass(frozen=True, slots=True)
class Camel:
    """A milking camel and her calf."""

    id: str
    calf: str
    word: str
    calved: int
    """The day of the season on which the calf was born; before it, so below 0."""
    dry_from: int | None = None
    treated: tuple[int, int] | None = None
    """First and last day of the treatment and of the wait after it."""

    def is_milked(self, day: int) -> bool:
        """Tell whether her milk of this day goes into the can."""
        if self.dry_from is not None and day >= self.dry_from:
            return False
        return self.treated is None or not self.treated[0] <= day <= self.treated[1]


@dataclass(frozen=True, slots=True)
class Household:
    """A household with its milking camels."""

    word: str
    camels: tuple[Camel, ...]

    @property
    def app(self) -> str:
        """The key that takes over what the household's register holds."""
        return f"{self.word}/app"

    @property
    def phone(self) -> str:
        """The key with which somebody of the household enters things by hand."""
        return f"{self.word}/phone"


def households(diary: Diary, plan: Plan) -> tuple[Household, ...]:
    """Return the households, with nothing written down yet."""
    return tuple(
        Household(
            word := household_word(number),
            tuple(_camel(diary, plan, word, place) for place in range(milkers)),
        )
        for number, milkers in enumerate(plan.milkers)
    )


def write_herd(diary: Diary, plan: Plan, herds: tuple[Household, ...]) -> str:
    """Write down what happens to the animals; return whose weight was mistyped."""
    for herd in herds:
        _write_issue(diary, herd)
        for camel in herd.camels:
            _write_entry(diary, herd, camel)
            _write_birth(diary, herd, camel)
        _write_vaccinations(diary, plan, herd)
        for day in weighing_days(plan):
            for camel in herd.camels:
                _write_weighings(diary, herd, camel, day)
        for camel in herd.camels:
            if camel.treated is not None:
                _write_treatment(diary, herd, camel, camel.treated)
            if camel.dry_from is not None:
                _write_drying_off(diary, herd, camel, camel.dry_from)
    return _write_typo(diary, herds[0], weighing_days(plan)[-1])


def weighing_days(plan: Plan) -> list[int]:
    """Return the days on which the animals are weighed, a month apart."""
    days = list(range(1, plan.days, _WEIGHING_DAYS))
    if plan.days - 1 - days[-1] >= _SHORTEST_DAYS:
        days.append(plan.days - 1)
    return days


def _camel(diary: Diary, plan: Plan, word: str, place: int) -> Camel:
    number = f"{between(100, 899, 'number', word) + 7 * place:04}"
    calf = f"{int(number) + 1000:04}"
    # In the first herd one dries off early, in the second one falls ill.
    is_first, is_second = (word == household_word(n) for n in (0, 1))
    ill = plan.days // 2
    return Camel(
        id=diary.names.own("animal", word, number),
        calf=diary.names.own("animal", word, calf),
        word=f"{word}/{number}",
        calved=-between(70, 135, "calved", word, place),
        dry_from=plan.days * 3 // 4 if is_first and place == 2 else None,
        treated=(ill, ill + 7) if is_second and place == 1 else None,
    )


def _write_issue(diary: Diary, herd: Household) -> None:
    """Give the household its tags, in time for the first that needs one."""
    calves = {_calf_word(camel): camel.calved for camel in herd.camels}
    grown = {camel.word: _born(camel) for camel in herd.camels}
    for batch in (grown, calves):
        day = min(batch.values())
        diary.write(
            f"tags/{herd.word}/{diary.date(day)}",
            CREATE,
            at=day * DAY + 9 * HOUR,
            by=VET,
            step="commissioning:active",
            place=VETERINARIAN,
            epcList=[_tag(diary, word) for word in batch],
            destinationList=[
                {
                    "destination": diary.names.party(herd.word),
                    "type": "possessing_party",
                }
            ],
        )


def _write_entry(diary: Diary, herd: Household, camel: Camel) -> None:
    """Take a grown camel over from the herd book, which knows the day of her birth."""
    born = _born(camel)
    diary.write(
        f"entry/{camel.word}",
        CREATE,
        at=born * DAY,
        by=herd.app,
        step="commissioning:active",
        place=herd.word,
        epcList=[camel.id],
        ilmd=_about_animal("female"),
        caravan__precision="day",
    )
    _write_tag(diary, herd, camel.id, camel.word, born)


def _write_birth(diary: Diary, herd: Household, camel: Camel) -> None:
    sex = ("female", "male")[between(0, 1, "sex", camel.word)]
    at = camel.calved * DAY + between(0, 23 * 60, "hour", camel.word) * MINUTE
    diary.write(
        f"birth/{camel.word}",
        CREATE,
        at=at,
        by=herd.app,
        step="commissioning:active",
        place=herd.word,
        epcList=[camel.calf],
        ilmd=_about_animal(sex) | {"caravan:dam": camel.id},
        sensorElementList=measured(
            report("weight", _calf_weight(camel, camel.calved), 1, "KGM")
        ),
        caravan__method="assessed",
    )
    _write_tag(diary, herd, camel.calf, _calf_word(camel), camel.calved)


def _write_tag(
    diary: Diary, herd: Household, animal: str, word: str, born: int
) -> None:
    """Tag an animal within 30 days."""
    at = (born + between(8, 26, "tagged", word)) * DAY + 11 * HOUR
    diary.write(
        f"tag/{word}",
        ATTACH,
        at=at,
        by=(herd.app, VET),
        step="installing:active",
        place=herd.word,
        parentID=animal,
        childEPCs=[_tag(diary, word)],
    )


def _tag(diary: Diary, word: str) -> str:
    """Return an animal's tag: a number of ISO 11784's test code."""
    number = f"999{between(10**9, 274_877_906_943, 'tag', word):012}"
    return diary.names.own("tag", VETERINARIAN, "iso11784", number)


def _born(camel: Camel) -> int:
    """Return the day of a grown camel's birth."""
    return camel.calved - between(6 * 365, 13 * 365, "born", camel.word)


def _calf_word(camel: Camel) -> str:
    return f"{camel.word}/calf"


def _write_vaccinations(diary: Diary, plan: Plan, herd: Household) -> None:
    dams = [camel.id for camel in herd.camels]
    calves = [camel.calf for camel in herd.camels]
    rounds = (
        ("brucellosis", -40, dams),
        ("foot-and-mouth", -31, dams + calves),
        ("foot-and-mouth", plan.days * 5 // 8, dams + calves),
    )
    for disease, day, animals in rounds:
        lot = f"{disease[:2]}-{between(1000, 9999, 'vaccine', disease, day)}"
        diary.write(
            f"vaccination/{herd.word}/{disease}/{diary.date(day)}",
            OBSERVE,
            at=day * DAY + between(600, 960, "vet", herd.word, disease, day) * MINUTE,
            by=(VET, herd.app),
            step="other:active",
            place=herd.word,
            epcList=texts(animals),
            caravan__process="vaccination",
            caravan__disease=disease,
            caravan__vaccineLot=lot,
        )


def _write_weighings(diary: Diary, herd: Household, camel: Camel, day: int) -> None:
    at = day * DAY + 12 * HOUR + between(0, 90, "weighed", camel.word, day) * MINUTE
    for animal, word, weight in _weights(camel, day):
        _write_weighing(
            diary, herd, animal, f"{word}/{diary.date(day)}", at=at, weight=weight
        )


def _write_weighing(
    diary: Diary,
    herd: Household,
    animal: str,
    record: str,
    *,
    at: int,
    weight: int,
    posted: int | None = None,
) -> str:
    # One household has a scale; the others measure the girth with a tape.
    has_scale = herd.word == household_word(0)
    return diary.write(
        f"weight/{record}",
        OBSERVE,
        at=at,
        posted=posted,
        by=herd.app,
        step="inspecting:active",
        place=herd.word,
        epcList=[animal],
        sensorElementList=measured(report("weight", weight, 1, "KGM")),
        caravan__method="scale" if has_scale else "girth",
    )


def _weights(camel: Camel, day: int) -> Iterator[tuple[str, str, int]]:
    """Yield both animals' weights, in tenths of a kilogram."""
    fullness = between(-60, 60, "full", camel.word, day)
    yield camel.id, camel.word, draw(ADULT_WEIGHT, "weight", camel.word) + fullness
    noise = between(-4, 4, "calf full", camel.word, day)
    yield camel.calf, _calf_word(camel), _calf_weight(camel, day) + noise


def _calf_weight(camel: Camel, day: int) -> int:
    vigour = draw(CALF_VIGOUR, "vigour", camel.word)
    age = day - camel.calved
    grams = sum(CALF_GAIN[min(past // 30, len(CALF_GAIN) - 1)] for past in range(age))
    return draw(BIRTH_WEIGHT, "birth", camel.word) + grams * vigour // 100_000


def _write_treatment(
    diary: Diary, herd: Household, camel: Camel, days: tuple[int, int]
) -> None:
    diary.write(
        f"treatment/{camel.word}",
        OBSERVE,
        at=days[0] * DAY + 5 * HOUR,
        by=(VET, herd.app),
        step="holding:unavailable",
        place=herd.word,
        epcList=[camel.id],
        caravan__process="treatment",
        caravan__withdrawalUntil=diary.time((days[1] + 1) * DAY),
    )


def _write_drying_off(diary: Diary, herd: Household, camel: Camel, day: int) -> None:
    diary.write(
        f"dry/{camel.word}",
        OBSERVE,
        at=day * DAY + 5 * HOUR,
        by=herd.app,
        step="other:active",
        place=herd.word,
        epcList=[camel.id],
        caravan__process="drying off",
    )


def _write_typo(diary: Diary, herd: Household, day: int) -> str:
    """Weigh a calf once more, forget a decimal point, and correct it in the evening."""
    camel = herd.camels[0]
    weight = _calf_weight(camel, day)
    word = f"{_calf_word(camel)}/again"
    at = day * DAY + 15 * HOUR
    evening = at + 5 * HOUR
    wrong = _write_weighing(
        diary, herd, camel.calf, f"{word}/1", at=at, weight=weight * _TYPO
    )
    right = _write_weighing(
        diary, herd, camel.calf, f"{word}/2", at=at, weight=weight, posted=evening
    )
    diary.declare_error(wrong, at=evening, by=herd.app, corrective=right)
    return camel.calf


def _about_animal(sex: str) -> dict[str, Json]:
    return {
        "caravan:breed": "Bactrian",
        "caravan:sex": sex,
        "caravan:species": "camel",
    }
