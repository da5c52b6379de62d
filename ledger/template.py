"""Templates: what is expected of a product, as data that no program knows.

A file says for one product which steps there are, in what time and with whose hands;
what becomes of what, within which tolerances; which figures are usual, odd and
impossible; and which limits food law sets. Each number names its source and says
whether anybody has compared it with that source. ``templates/`` has those that come
with the program; a cooperative's own replace them by product. ``docs/templates.md``
describes every member.

Nothing here judges. A template says what would be odd, never what is true.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal, TypeVar

from ledger.limits import Comparison, Limit
from ledger.roles import ROLES
from ledger.templatefile import Table, TemplateError, parse_file
from ledger.units import UNITS
from ledger.vocabulary import BIZ_STEPS, DISPOSITIONS

Grade = Literal["A", "B", "C", "D", "K"]
"""A paper, a law or a standard; B a report in the press; C a lesser page; D computed
from others; K common knowledge or a choice of this project. Of several, the weakest."""
Direction = Literal["in/out", "out/in"]
Severity = Literal["", "expected", "warn", "critical"]
_Word = TypeVar("_Word", bound=str)

_GRADES: Final[tuple[Grade, ...]] = ("A", "B", "C", "D", "K")
_DIRECTIONS: Final[tuple[Direction, ...]] = ("in/out", "out/in")
_COMPARISONS: Final[tuple[Comparison, ...]] = (">=", "<=")
_TIERS: Final = ("expected", "warn", "critical")
_BASIS: Final = ("source", "grade", "edition", "verified")
_MOST_SIGNERS: Final = 16
"""A statement has no more signatures."""
_BUILT_IN: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called, or is said of it, in two languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a number is from.

    Attributes:
        source: Who says so, and of what; in words.
        grade: How good a source that is.
        edition: Of the source: a year, a date, the number of a standard.
        verified: Whether somebody has compared the number with the source.
    """

    source: str
    grade: Grade
    edition: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Range:
    """From the least to the most, both included; None where it has no end."""

    least: Decimal | None
    most: Decimal | None

    def has(self, value: Decimal) -> bool:
        """Tell whether a value is in it.

        >>> Range(Decimal("0.5"), None).has(Decimal(4))
        True
        """
        return (self.least is None or self.least <= value) and (
            self.most is None or value <= self.most
        )

    def is_within(self, other: "Range") -> bool:
        """Tell whether all of it is in another range."""
        low = other.least is None or (self.least is not None and other.has(self.least))
        high = other.most is None or (self.most is not None and other.has(self.most))
        return low and high

    def __str__(self) -> str:
        """Return it as it is written."""
        low = "-inf" if self.least is None else f"{self.least:f}"
        high = "inf" if self.most is None else f"{self.most:f}"
        return f"[{low}, {high}]"


@dataclass(frozen=True)
class Bound:
    """What is usual, odd and impossible of one figure.

    Attributes:
        id: Stable; findings name it.
        unit: Code of Recommendation 20, or two with a stroke between them
            (``KGM/DAY``); empty for what has none, such as degrees Thörner.
        expected: What is usual.
        warn: What lies outside is odd. None: nothing is known to be.
        critical: What lies outside is hardly possible. None: the same.
        basis: Where the numbers are from.
        component: What sensor reports call it; empty if it is computed.
        product: Of what goods: what a step ``makes``; empty for any.
    """

    id: str
    unit: str
    expected: Range
    warn: Range | None
    critical: Range | None
    basis: Basis
    component: str = ""
    product: str = ""

    def outside(self, value: Decimal) -> Severity:
        """Return the widest range that a value, in this unit, is outside of."""
        if self._common.has(value):
            return ""
        if self.critical is not None and not self.critical.has(value):
            return "critical"
        if self.warn is not None and not self.warn.has(value):
            return "warn"
        return "expected"

    @cached_property
    def _common(self) -> Range:
        """Return what is in every range: each is within the next, so what is expected.

        Whoever makes a bound without a file may have them otherwise.
        """
        return common_range(self.expected, self.warn, self.critical)


def common_range(*ranges: Range | None) -> Range:
    """Return what is in every range that there is."""
    known = [each for each in ranges if each is not None]
    leasts = [each.least for each in known if each.least is not None]
    mosts = [each.most for each in known if each.most is not None]
    return Range(max(leasts, default=None), min(mosts, default=None))


@dataclass(frozen=True, slots=True)
class Step:
    """One step, how its statements are told from others, and what is expected of it.

    Attributes:
        id: Stable; other steps and findings name it.
        name: What people call it.
        business_steps: Words of ``bizStep``, one of which its statements have.
        dispositions: The same of ``disposition``; empty for any.
        processes: The same of ``caravan:process``; empty where they name none.
        makes: A word for the goods that come out; empty if none do.
        about: The step whose goods it is about; empty for any.
        after: The step that it is expected after; empty if nothing calls for it.
        within_hours: How many hours after that one; None for any time.
        signers: At least so many signatures.
        attesters: Roles of parties, each of which signs.
        optional: Whether nothing is missing where it is missing.
        basis: Where deadline and signatures are from; None if it asks for neither.
    """

    id: str
    name: Name
    business_steps: tuple[str, ...]
    dispositions: tuple[str, ...]
    processes: tuple[str, ...]
    makes: str
    about: str
    after: str
    within_hours: Decimal | None
    signers: int
    attesters: tuple[str, ...]
    optional: bool
    basis: Basis | None

    def fits(self, *, business_step: str, disposition: str, process: str) -> bool:
        """Tell whether the words of a statement are those of this step.

        Steps with the same words are told apart by the goods they are ``about``.
        """
        return (
            business_step in self.business_steps
            and (not self.dispositions or disposition in self.dispositions)
            and (process in self.processes if self.processes else not process)
        )


@dataclass(frozen=True, slots=True)
class Conversion:
    """How much comes out of a step for what goes in.

    Attributes:
        id: Stable; findings name it.
        step: The step.
        direction: Which mass is divided by which.
        ratio: Bounds of that.
        solids: Components of what goes in that add up to its solids, in percent.
        moisture: Component of what comes out, in percent.
        own: Bounds of ``ratio`` divided by what follows from the batch's own figures,
            (100 - moisture) / solids; None if solids play no part.
    """

    id: str
    step: str
    direction: Direction
    ratio: Bound
    solids: tuple[str, ...]
    moisture: str
    own: Bound | None


@dataclass(frozen=True)
class Template:
    """What is expected of one product.

    Attributes:
        product: Stable identifier; a cooperative's own replaces one by it.
        name: What people call the product.
        edition: The day this file was last changed.
        verified: Whether somebody of the trade has checked all of it.
        notice: What to tell wherever it is used; there is one unless it is verified.
        species: Words of ``caravan:species`` or ``caravan:breed``, in small letters.
        processes: Words of ``caravan:process`` that lead to the product.
        file: Name of the file it was read from.
    """

    product: str
    name: Name
    edition: str
    verified: bool
    notice: Name | None
    species: tuple[str, ...]
    processes: tuple[str, ...]
    steps: tuple[Step, ...]
    conversions: tuple[Conversion, ...]
    bounds: tuple[Bound, ...]
    limits: tuple[Limit, ...]
    file: str

    def step(self, step_id: str) -> Step | None:
        """Return a step by its id."""
        return self._step_by_id.get(step_id)

    def bound(self, bound_id: str) -> Bound | None:
        """Return a bound by its id."""
        return self._bound_by_id.get(bound_id)

    @cached_property
    def ordered(self) -> tuple[tuple[Step, Step], ...]:
        """Return the steps that come after another, each with that one."""
        return tuple(
            (step, before)
            for step in self.steps
            if (before := self.step(step.after)) is not None
        )

    @cached_property
    def converting(self) -> tuple[tuple[Step, Conversion], ...]:
        """Return the conversions, each with its step."""
        return tuple(
            (step, each)
            for each in self.conversions
            if (step := self.step(each.step)) is not None
        )

    @cached_property
    def converted(self) -> frozenset[str]:
        """Return the words for processes that it has a conversion for; "" for none."""
        return frozenset(
            word for step, _ in self.converting for word in step.processes or ("",)
        )

    @cached_property
    def in_sequence(self) -> tuple[tuple[Step, Step], ...]:
        """Return the steps that come after another about the same goods, each with it.

        Where the one before makes other goods, the order is that of making them.
        """
        return tuple(
            (step, before)
            for step, before in self.ordered
            if not before.makes and step.id != before.id
        )

    @cached_property
    def timed(self) -> tuple[tuple[Step, Step], ...]:
        """Return the steps that come some hours after another, each with that one."""
        return tuple(
            (step, before)
            for step, before in self.ordered
            if step.within_hours is not None
        )

    @cached_property
    def _step_by_id(self) -> dict[str, Step]:
        return {each.id: each for each in self.steps}

    @cached_property
    def _bound_by_id(self) -> dict[str, Bound]:
        return {each.id: each for each in self.bounds}


def read_template(path: Path) -> Template:
    """Return the template that a file holds.

    Raises:
        TemplateError: It cannot be read, or a member is missing, unknown or wrong; the
            message names file, line and reason.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"not read: {error.strerror}", file=str(path)) from error
    return parse_template(data, file=path.name)


def builtin_templates() -> tuple[Template, ...]:
    """Return the templates that come with the program, by product.

    >>> [template.verified for template in builtin_templates()]
    [False, False, False, False, False]
    """
    return _built_in()


def read_templates(folder: Path) -> tuple[Template, ...]:
    """Return the templates of a folder, and the built-in ones that it does not replace.

    Raises:
        TemplateError: One cannot be read, or two are for one product.
    """
    if not folder.is_dir():
        raise TemplateError("no such folder", file=str(folder))
    own = {template.product: template for template in _read_folder(folder)}
    found = {template.product: template for template in builtin_templates()} | own
    return tuple(found[product] for product in sorted(found))


def template_for(
    templates: Iterable[Template],
    *,
    species: str = "",
    breed: str = "",
    processes: Collection[str] = (),
) -> Template | None:
    """Return the template of some goods; None if none fits, or two fit equally.

    A breed that any template names decides, else the species. Where neither is said,
    or several are for it, the one with most of the processes is taken.

    Args:
        templates: From which.
        species: What statements say in ``caravan:species``.
        breed: What they say in ``caravan:breed``.
        processes: What they say in ``caravan:process``.

    >>> found = template_for(builtin_templates(), species="cattle")
    >>> found.product if found else ""
    'cow-milk'
    """
    candidates = list(templates)
    for word in (breed.casefold(), species.casefold()):
        named = [template for template in candidates if word in template.species]
        if named:
            candidates = named
            break
    else:
        if species:
            return None
    told = {*processes}
    if len(candidates) == 1:
        fits_one = not told or not told.isdisjoint(candidates[0].processes)
        return candidates[0] if fits_one else None
    if not told:
        return None
    fits = [(len(told.intersection(each.processes)), each) for each in candidates]
    most = max((count for count, _ in fits), default=0)
    best = [each for count, each in fits if count == most]
    return best[0] if len(best) == 1 and most else None


def parse_template(data: bytes, *, file: str) -> Template:
    """Return the template that a text spells.

    Args:
        data: TOML.
        file: What the file is called, for refusals.

    Raises:
        TemplateError: A member is missing, unknown or wrong.
    """
    table = parse_file(data, file=file)
    table.check_members(
        required=("product", "name", "edition", "verified", "applies", "steps"),
        optional=("notice", "conversions", "bounds", "limits"),
    )
    verified = table.flag("verified")
    if not verified and "notice" not in table:
        raise table.refusal("verified", "nobody has checked it: want a notice, too")
    applies = table.table("applies")
    applies.check_members(required=("species", "processes"))
    steps = _steps(table)
    makes = {step.makes for step in steps}
    return Template(
        product=_id(table, "product"),
        name=_name(table, "name"),
        edition=_said(table, "edition"),
        verified=verified,
        notice=_name(table, "notice") if "notice" in table else None,
        species=tuple(word.casefold() for word in applies.texts("species")),
        processes=applies.texts("processes"),
        steps=steps,
        conversions=_conversions(table, {step.id for step in steps}),
        bounds=_bounds(table, makes),
        limits=tuple(_limit(each, makes) for each in table.tables("limits")),
        file=file,
    )


@cache
def _built_in() -> tuple[Template, ...]:
    return _read_folder(_BUILT_IN)


def _read_folder(folder: Path) -> tuple[Template, ...]:
    found: dict[str, Template] = {}
    for path in sorted(folder.glob("*.toml")):
        template = read_template(path)
        other = found.setdefault(template.product, template)
        if other is not template:
            reason = f"product: {other.file} is for {template.product}, too"
            raise TemplateError(reason, file=path.name)
    return tuple(found[product] for product in sorted(found))


def _steps(table: Table) -> tuple[Step, ...]:
    tables = list(table.tables("steps"))
    _check_ids(tables)
    known = {each.text("id") for each in tables}
    return tuple(_step(each, known) for each in tables)


def _step(table: Table, known: set[str]) -> Step:
    asks = ("within_hours", "signers", "attesters")
    table.check_members(
        required=("id", "name", "business_steps"),
        optional=(
            *("dispositions", "processes", "makes", "about", "after", "optional"),
            *(*asks, *_BASIS),
        ),
    )
    within = table.number("within_hours") if "within_hours" in table else None
    if within is not None and within < 0:
        raise table.refusal("within_hours", f"deadline negative, got {within}")
    if within is not None and "after" not in table:
        raise table.refusal("within_hours", "after which step? want after, too")
    for name in ("about", "after"):
        if name in table and table.text(name) not in known:
            raise table.refusal(name, f"unknown step, got {table.text(name)!r}")
    signers = table.number("signers") if "signers" in table else Decimal(1)
    if signers not in range(1, _MOST_SIGNERS + 1):
        raise table.refusal("signers", f"got {signers}, want 1 to {_MOST_SIGNERS}")
    is_asking = any(name in table for name in asks)
    has_basis = any(name in table for name in _BASIS)
    return Step(
        id=_id(table, "id"),
        name=_name(table, "name"),
        business_steps=_words(table, "business_steps", BIZ_STEPS),
        dispositions=_words(table, "dispositions", DISPOSITIONS),
        processes=table.texts("processes"),
        makes=table.text("makes"),
        about=table.text("about"),
        after=table.text("after"),
        within_hours=within,
        signers=int(signers),
        attesters=_words(table, "attesters", ROLES),
        optional=table.flag("optional"),
        basis=_basis(table) if is_asking or has_basis else None,
    )


def _conversions(table: Table, steps: set[str]) -> tuple[Conversion, ...]:
    tables = list(table.tables("conversions"))
    _check_ids(tables)
    return tuple(_conversion(each, steps) for each in tables)


def _conversion(table: Table, steps: set[str]) -> Conversion:
    table.check_members(
        required=("id", "step", "direction", "ratio"),
        optional=("solids", "moisture", "own"),
    )
    name = _id(table, "id")
    if table.text("step") not in steps:
        raise table.refusal("step", f"unknown step, got {table.text('step')!r}")
    solids, moisture = table.texts("solids"), table.text("moisture")
    if "own" in table and not (solids and moisture):
        raise table.refusal("own", "of which figures? want solids and moisture, too")
    return Conversion(
        id=name,
        step=table.text("step"),
        direction=_one_of(table, "direction", _DIRECTIONS),
        ratio=_ratio(table.table("ratio"), name),
        solids=solids,
        moisture=moisture,
        own=_ratio(table.table("own"), f"{name}.own") if "own" in table else None,
    )


def _ratio(table: Table, name: str) -> Bound:
    table.check_members(
        required=("unit", "expected", *_BASIS), optional=("warn", "critical")
    )
    return _bound(table, name)


def _bounds(table: Table, makes: Collection[str]) -> tuple[Bound, ...]:
    tables = list(table.tables("bounds"))
    _check_ids(tables)
    for each in tables:
        each.check_members(
            required=("id", "unit", "expected", *_BASIS),
            optional=("warn", "critical", "component", "product"),
        )
        _check_product(each, makes)
    return tuple(_bound(each, _id(each, "id")) for each in tables)


def _bound(table: Table, name: str) -> Bound:
    _check_unit(table)
    tiers = {tier: Range(*table.ends(tier)) for tier in _TIERS if tier in table}
    told = list(tiers.items())
    for (inner, narrow), (outer, wide) in pairwise(told):
        if not narrow.is_within(wide):
            raise table.refusal(inner, f"{narrow} is outside {outer}, {wide}")
    return Bound(
        id=name,
        unit=table.text("unit"),
        expected=tiers["expected"],
        warn=tiers.get("warn"),
        critical=tiers.get("critical"),
        basis=_basis(table),
        component=table.text("component"),
        product=table.text("product"),
    )


def _limit(table: Table, makes: Collection[str]) -> Limit:
    table.check_members(
        required=(
            *("component", "product", "comparison", "value", "unit"),
            *("edition", "source", "verified"),
        ),
        optional=("of",),
    )
    _check_product(table, makes)
    _check_unit(table)
    return Limit(
        component=_said(table, "component"),
        product=table.text("product"),
        comparison=_one_of(table, "comparison", _COMPARISONS),
        value=f"{table.number('value'):f}",
        unit=table.text("unit"),
        of=table.text("of"),
        edition=_said(table, "edition"),
        source=_said(table, "source"),
        verified=table.flag("verified"),
    )


def _basis(table: Table) -> Basis:
    for name in _BASIS:
        if name not in table:
            raise table.refusal(None, f"{name}: missing key")
    return Basis(
        source=_said(table, "source"),
        grade=_one_of(table, "grade", _GRADES),
        edition=_said(table, "edition"),
        verified=table.flag("verified"),
    )


def _name(table: Table, name: str) -> Name:
    names = table.table(name)
    names.check_members(required=("en", "zh"))
    return Name(_said(names, "en"), _said(names, "zh"))


def _said(table: Table, name: str) -> str:
    text = table.text(name)
    if not text.strip():
        raise table.refusal(name, "empty")
    return text


def _id(table: Table, name: str) -> str:
    text = table.text(name)
    if not text or not {*text} <= {*"abcdefghijklmnopqrstuvwxyz0123456789-._"}:
        raise table.refusal(name, f"got {text!r}, want letters a-z, digits and -._")
    return text


def _one_of(table: Table, name: str, words: tuple[_Word, ...]) -> _Word:
    text = table.text(name)
    for word in words:
        if word == text:
            return word
    raise table.refusal(name, f"got {text!r}, want one of {', '.join(words)}")


def _words(table: Table, name: str, known: Collection[str]) -> tuple[str, ...]:
    texts = table.texts(name)
    for text in texts:
        if text not in known:
            want = ", ".join(sorted(known))
            raise table.refusal(name, f"unknown word {text!r}, want of {want}")
    return texts


def _check_ids(tables: Iterable[Table]) -> None:
    found: set[str] = set()
    for table in tables:
        name = table.text("id")
        if name and name in found:
            raise table.refusal("id", f"duplicate id {name!r}")
        found.add(name)


def _check_product(table: Table, makes: Collection[str]) -> None:
    product = table.text("product")
    if product and product not in makes:
        raise table.refusal("product", f"no step makes {product!r}")


def _check_unit(table: Table) -> None:
    unit = table.text("unit")
    codes = unit.split("/")
    if unit and (len(codes) > 2 or not {*codes} <= UNITS.keys()):
        want = "a code such as KGM, or two such as KGM/DAY"
        raise table.refusal("unit", f"unit unknown, got {unit!r}, want {want}")
