import csv
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import ledger
from ledger.errors import MalformedError
from ledger.limits import LIMITS
from ledger.simulate.parties import all_parties
from ledger.simulate.plan import SMALL
from ledger.template import (
    Range,
    builtin_templates,
    parse_template,
    read_template,
    read_templates,
    template_for,
)
from ledger.templatefile import MOST_BYTES, TemplateError, line_of
from tests.support.seasons import season

ROOT = Path(ledger.__file__).parents[1]
FOLDER = ROOT / "ledger/templates"
HERDS = ROOT / "ledger/importer/data/dairy-herds"
TEMPLATES = {template.product: template for template in builtin_templates()}
EXERCISED = {"bactrian-milk", "cow-milk"}

HONEY = """\
product = "honey"
name = { en = "Honey", zh = "蜂蜜" }
edition = "2026-05-01"
verified = false

[notice]
en = "Nobody has checked it."
zh = "没有人核对过。"

[applies]
species = ["bee"]
processes = ["harvesting"]

[[steps]]
id = "harvest"
name = { en = "harvest", zh = "取蜜" }
business_steps = ["creating_class_instance"]
processes = ["harvesting"]
makes = "honey"

[[steps]]
id = "test"
name = { en = "test", zh = "检验" }
business_steps = ["inspecting"]
dispositions = ["conformant"]
about = "harvest"
after = "harvest"
within_hours = 48.5
signers = 2
attesters = ["laboratory"]
source = "a rule"
grade = "K"
edition = "2026"
verified = false

# Honey by comb.
[[conversions]]
id = "comb-to-honey"
step = "harvest"
direction = "out/in"

[conversions.ratio]
unit = "KGM/KGM"
expected = [0.5, 0.9]
critical = [0, 1]
source = "a book"
grade = "C"
edition = "1998"
verified = true

[[bounds]]
id = "moisture"
component = "caravan:moisture"
product = "honey"
unit = "P1"
expected = [15, 18.5]
warn = [
  14,
  20,
]
critical = [-inf, 23]
source = "a standard"
grade = "A"
edition = "2001"
verified = false

[[limits]]
component = "caravan:moisture"
product = "honey"
comparison = "<="
value = 20
unit = "P1"
edition = "2001"
source = "a standard"
verified = false
"""


def parsed(text):
    return parse_template(text.encode(), file="honey.toml")


def refusal_of(text):
    with pytest.raises(TemplateError) as refusal:
        parsed(text)
    return refusal.value


def line(text):
    """Return on which line of the sound template a text is first found."""
    return HONEY[: HONEY.index(text)].count("\n") + 1


# ------------------------------------------------------------------------ what is read


def test_all_that_a_file_says_is_read():
    template = parsed(HONEY)
    harvest, test = template.steps
    (bound,) = template.bounds
    (conversion,) = template.conversions
    (limit,) = template.limits

    assert (template.product, template.name.zh) == ("honey", "蜂蜜")
    assert template.notice.en == "Nobody has checked it."
    assert (harvest.makes, harvest.signers, harvest.basis) == ("honey", 1, None)
    assert (test.after, test.within_hours) == ("harvest", Decimal("48.5"))
    assert (test.signers, test.attesters) == (2, ("laboratory",))
    assert test.basis.source == "a rule"
    assert bound.expected == Range(Decimal(15), Decimal("18.5"))
    assert bound.critical == Range(None, Decimal(23))
    assert (bound.basis.grade, bound.basis.verified) == ("A", False)
    assert conversion.ratio.warn is None
    assert conversion.ratio.basis.verified
    assert (limit.value, limit.comparison) == ("20", "<=")
    assert template.step("test") is test
    assert template.bound("moisture") is bound
    assert template.step("none") is template.bound("none") is None


@pytest.mark.parametrize(
    ("value", "outside"),
    [
        ("-5", "warn"),
        ("14.99", "expected"),
        ("15", ""),
        ("18.5", ""),
        ("20.01", "warn"),
        ("23.01", "critical"),
    ],
)
def test_a_value_is_outside_of_the_widest_range_that_lacks_it(value, outside):
    (bound,) = parsed(HONEY).bounds

    assert bound.outside(Decimal(value)) == outside


def test_where_nothing_is_known_nothing_is_judged():
    (bound,) = parsed(HONEY).bounds
    bare = replace(bound, warn=None, critical=None)

    assert bare.outside(Decimal(99)) == "expected"


# --------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param("[applies]", "[applies", "not TOML", id="not-toml"),
        pytest.param("[applies]", "[notice]", "not TOML", id="table-twice"),
        pytest.param('makes = "honey"', "make = 1", "unknown key", id="unknown-key"),
        pytest.param('"Honey"', "7", "en: wrong type", id="number-for-text"),
        pytest.param('["bee"]', '"bee"', "array of texts", id="text-for-texts"),
        pytest.param('["bee"]', "[1]", "array of texts", id="numbers-for-texts"),
        pytest.param("false\n\n[n", '"no"\n\n[n', "true or false", id="text-for-flag"),
        pytest.param("[15, 18.5]", "15", "wrong type", id="number-for-range"),
        pytest.param("[15, 18.5]", "[15]", "got 1 numbers", id="one-end"),
        pytest.param("[15, 18.5]", "[15, true]", "wrong type", id="flag-for-number"),
        pytest.param("[15, 18.5]", "[18.5, 15]", "lower first", id="ends-swapped"),
        pytest.param("[15, 18.5]", "[inf, inf]", "lower first", id="begins-nowhere"),
        pytest.param("18.5]", "1.85e1]", "number not decimal", id="exponent"),
        pytest.param("18.5]", "nan]", "number not decimal", id="not-a-number"),
        pytest.param("20\nunit", "inf\nunit", "number not decimal", id="endless"),
        pytest.param("20\nunit", f"{10**15}\nunit", "15 digits", id="long"),
        pytest.param("20\nunit", '"20"\nunit', "wrong type", id="text-for-number"),
        pytest.param("20\nunit", "2001-01-01\nunit", "a date", id="date-for-number"),
        pytest.param("[15, 18.5]", "[13, 18.5]", "outside warn", id="expected-below"),
        pytest.param("[15, 18.5]", "[15, 20.1]", "outside warn", id="expected-above"),
        pytest.param("[15, 18.5]", "[-inf, 18]", "outside warn", id="expected-endless"),
        pytest.param("[0.5, 0.9]", "[0.5, 2]", "outside critical", id="no-warn"),
        pytest.param('"P1"\nexp', '"%"\nexp', "unit unknown", id="unknown-unit"),
        pytest.param('"KGM/KGM"', '"KGM/KGM/DAY"', "unit unknown", id="two-strokes"),
        pytest.param('id = "test"', 'id = "harvest"', "duplicate id", id="duplicate"),
        pytest.param('id = "test"', 'id = "Test 1"', "want letters", id="bad-id"),
        pytest.param("48.5", "-1", "deadline negative", id="negative-deadline"),
        pytest.param('after = "harvest"', 'after = "hunt"', "unknown step", id="after"),
        pytest.param('about = "harvest"', 'about = "hunt"', "unknown step", id="about"),
        pytest.param('step = "harvest"', 'step = "hunt"', "unknown step", id="of-none"),
        pytest.param('["inspecting"]', '["looking"]', "unknown word", id="cbv"),
        pytest.param('["conformant"]', '["good"]', "unknown word", id="disposition"),
        pytest.param('["laboratory"]', '["chemist"]', "unknown word", id="role"),
        pytest.param("signers = 2", "signers = 0", "want 1 to 16", id="no-signers"),
        pytest.param("signers = 2", "signers = 1.5", "want 1 to 16", id="half-a-hand"),
        pytest.param('grade = "A"', 'grade = "Z"', "want one of", id="grade"),
        pytest.param('"a standard"', '" "', "empty", id="no-source"),
        pytest.param('"out/in"', '"up"', "want one of", id="direction"),
        pytest.param(
            'product = "honey"\nun', 'product = "wax"\nun', "no step", id="wax"
        ),
    ],
)
def test_a_member_that_is_wrong_is_named_with_its_line(old, new, reason):
    assert HONEY.count(old) >= 1

    refusal = refusal_of(HONEY.replace(old, new, 1))

    assert refusal.code == "template"
    assert (refusal.file, refusal.line) == ("honey.toml", line(old))
    assert reason in refusal.reason
    assert str(refusal) == f"honey.toml:{line(old)}: {refusal.reason}"


@pytest.mark.parametrize(
    ("without", "table"),
    [
        ('unit = "P1"\nexpected', "[[bounds]]"),
        ('source = "a book"', "[conversions.ratio]"),
        ('grade = "K"', '[[steps]]\nid = "test"'),
        ('processes = ["harvesting"]\n\n', "[applies]"),
        ('edition = "2026-05-01"', "product"),
        ('comparison = "<="', "[[limits]]"),
    ],
)
def test_a_member_that_is_missing_is_named_with_the_line_of_its_table(without, table):
    gone = without.split("\n", 1)[0]
    at = HONEY.index(without)
    name = gone.split(" ")[0]

    refusal = refusal_of(HONEY[:at] + HONEY[at:].replace(gone, "", 1))

    assert (refusal.line, refusal.reason) == (line(table), f"{name}: missing key")


def test_what_nobody_has_checked_has_to_say_so():
    start, end = HONEY.index("[notice]"), HONEY.index("[applies]")
    bare = HONEY[:start] + HONEY[end:]

    assert refusal_of(bare).line == 4
    assert parsed(bare.replace("verified = false", "verified = true", 1)).verified


def test_a_deadline_counts_from_a_step_and_has_a_source():
    without_step = HONEY.replace('after = "harvest"\n', "")
    start = HONEY.index('source = "a rule"')
    without_source = HONEY[:start] + HONEY[HONEY.index("# Honey by comb") :]

    assert "after which step" in refusal_of(without_step).reason
    assert "source: missing key" in refusal_of(without_source).reason


def test_a_share_of_its_own_solids_needs_to_know_which():
    own = HONEY[HONEY.index("unit = ") : HONEY.index("[[bounds]]")]
    text = HONEY.replace("[[bounds]]", f"[conversions.own]\n{own}[[bounds]]", 1)

    assert "want solids and moisture" in refusal_of(text).reason


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"a = 1\nb = \xff\n", 2, "not TOML: not UTF-8"),
        (b"a = 1\nb = [\n", 3, "not TOML"),
        (b"a = " + b"9" * 5000, 1, "not TOML"),
        (b"a = " + b"[" * 5000, 1, "not TOML"),
        (b"# \n" * MOST_BYTES, 0, "larger than"),
        (b"", 1, "product: missing key"),
    ],
    ids=["not-utf-8", "unfinished", "endless-number", "deep", "large", "empty"],
)
def test_what_is_no_template_is_malformed(data, line, reason):
    with pytest.raises(MalformedError) as refusal:
        parse_template(data, file="x.toml")

    assert refusal.value.line == line
    assert reason in refusal.value.reason


def test_a_line_is_found_however_toml_is_written():
    text = (
        '\n# c\na.b = """\na.c = 1\n"""\nd = [\n {e = 1},\n\n {e = 2}, # f = 1\n]\nf=1'
    )

    assert line_of(text, ("a", "b")) == 3
    assert line_of(text, ("d", 1, "e")) == 6
    assert line_of(text, ("f",)) == 11
    assert line_of(text, ()) == 1
    assert line_of("a = 1\r\n[b]\r\nc = 2\r\n", ("b", "c")) == 3


def test_every_member_of_a_long_file_is_found():
    text = "".join(f"[[t]]\n# {n}\nm = [\n{n},\n]\n\n" for n in range(60))

    found = [line_of(text, ("t", n, "m")) for n in range(60)]

    assert found == [6 * n + 3 for n in range(60)]


# -------------------------------------------------------------- a folder of one's own


def test_a_cooperative_replaces_one_and_adds_another(tmp_path):
    own = HONEY.replace('product = "honey"', 'product = "walnut"', 1)
    (tmp_path / "nuts.toml").write_text(own, encoding="utf-8")
    (tmp_path / "honey.toml").write_text(HONEY, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no template", encoding="utf-8")

    found = {template.product: template for template in read_templates(tmp_path)}

    assert found.keys() == TEMPLATES.keys() | {"honey"}
    assert found["walnut"].file == "nuts.toml"
    assert found["apple"] is TEMPLATES["apple"]


def test_two_files_for_one_product_are_refused(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(HONEY, encoding="utf-8")

    with pytest.raises(TemplateError, match=r"b\.toml: product: a\.toml is for honey"):
        read_templates(tmp_path)


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(TemplateError, match="not read"):
        read_template(tmp_path / "none.toml")
    with pytest.raises(TemplateError, match="no such folder"):
        read_templates(tmp_path / "none")


@pytest.mark.parametrize(
    ("goods", "product"),
    [
        ({"species": "camel", "processes": ["milking"]}, "bactrian-milk"),
        ({"species": "camel", "breed": "Bactrian"}, "bactrian-milk"),
        ({"species": "camel", "breed": "Dromedary"}, "dromedary-milk"),
        ({"species": "cattle", "breed": "46"}, "cow-milk"),
        ({"species": "cattle", "processes": ["milking", "bulking"]}, "cow-milk"),
        ({"processes": ["harvesting", "hulling"]}, "walnut"),
        ({"processes": ["picking", "cold storage"]}, "apple"),
        ({"species": "apple"}, "apple"),
        ({"species": "yak", "processes": ["milking"]}, None),
        ({"species": "camel", "processes": ["shearing"]}, None),
        ({"processes": ["milking"]}, None),
        ({}, None),
    ],
)
def test_goods_have_the_template_that_fits_and_none_is_guessed(goods, product):
    found = template_for(builtin_templates(), **goods)

    assert (found and found.product) == product


# --------------------------------------------------------------- those that come along


def test_each_file_is_named_after_its_product():
    assert {path.stem for path in FOLDER.iterdir()} == TEMPLATES.keys()
    assert TEMPLATES.keys() == {*EXERCISED, "dromedary-milk", "walnut", "apple"}


@pytest.mark.parametrize("product", sorted(TEMPLATES))
def test_each_number_has_a_source_and_says_if_anybody_compared_it(product):
    template = TEMPLATES[product]
    ratios = [each.ratio for each in template.conversions]
    ratios += [each.own for each in template.conversions if each.own]

    assert template.bounds
    assert template.conversions
    for bound in (*template.bounds, *ratios):
        assert len(bound.basis.source) > 10
        assert bound.basis.verified == (
            # What a test below computes again, and nothing else.
            product == "cow-milk" and "ledger/importer/data" in bound.basis.source
        )
    for step in template.steps:
        is_asking = step.within_hours is not None or step.signers > 1
        assert is_asking == (step.basis is not None)
    assert not any(limit.verified for limit in template.limits)


@pytest.mark.parametrize("product", sorted(TEMPLATES))
def test_what_nobody_has_checked_says_so_in_the_file_and_to_programs(product):
    template = TEMPLATES[product]
    text = (FOLDER / template.file).read_text("utf-8")
    first = text[: text.index("\nproduct")].replace("\n# ", " ")

    assert not template.verified
    if product in EXERCISED:
        assert template.notice.en.startswith("Tried on ")
    else:
        assert "Nobody has checked it" in template.notice.en
        assert "没有人核对过" in template.notice.zh
        assert "Nobody has checked it" in first


@pytest.mark.parametrize("product", ["bactrian-milk", "dromedary-milk"])
def test_limits_are_those_that_pages_tell(product):
    assert TEMPLATES[product].limits == LIMITS


def test_what_is_tested_elsewhere_stays_within():
    camel = TEMPLATES["bactrian-milk"]

    assert camel.bound("yield.day.herdmean").outside(Decimal(12)) == "critical"
    assert camel.bound("yield.day.herdmean").outside(Decimal(30) / 13) == ""
    assert camel.bound("yield.day.herdmean").outside(Decimal(60) / 20) == ""
    assert camel.step("cooling").within_hours == 2
    assert camel.step("slip").signers == 4


def goods_of(body, *lists):
    found = [each for name in lists for each in body.get(name, ())]
    return {each if isinstance(each, str) else each["epcClass"] for each in found}


def test_each_step_of_the_season_is_told_from_the_others_and_signed_as_asked():
    steps = TEMPLATES["bactrian-milk"].steps
    small = season(SMALL)
    drafts = sorted(
        (draft for draft in small.drafts if not draft.is_lost),
        key=lambda draft: draft.body["eventTime"],
    )
    kinds = {party.word: party.kind for party in all_parties(small.names, [])}
    made, times = {}, {}

    for draft in drafts:
        body = draft.body
        words = {
            "business_step": body["bizStep"],
            "disposition": body.get("disposition", ""),
            "process": body.get("caravan:process", ""),
        }
        about = goods_of(body, "quantityList", "epcList")
        came = {made[name] for name in about & made.keys()}
        found = [
            s for s in steps if s.fits(**words) and (not s.about or s.about in came)
        ]
        assert len(found) <= 1
        for step in found:
            out = goods_of(body, "outputQuantityList", "outputEPCList")
            made |= dict.fromkeys(out, step.id) if step.makes else {}
            for name in about | out:
                at = datetime.fromisoformat(body["eventTime"])
                times.setdefault((step.id, name), at)
            parties = [name.partition("/")[0] for name in draft.signers]
            assert len(draft.signers) >= step.signers
            assert {kinds.get(party, "household") for party in parties} >= {
                *step.attesters
            }
            if step.id == "cooling":
                waited = [at - times["milking", name] for name in about]
                assert max(waited) <= timedelta(hours=int(step.within_hours))

    assert {step for step, _ in times} == {step.id for step in steps}


def test_the_figures_of_cows_are_those_of_the_herds():
    with (HERDS / "sample_rec_3herds.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def days(row):
        recorded, calved = map(date.fromisoformat, (row["ctrl_date"], row["calv_date"]))
        return Decimal((recorded - calved).days)

    figures = {
        "yield.day.animal": [Decimal(row["milk"]) for row in rows],
        "fat": [Decimal(row["fat"]) for row in rows],
        "protein": [Decimal(row["prot"]) for row in rows],
        "scc": [Decimal(row["scc"]) * 10**6 for row in rows],
        "dim": [days(row) for row in rows],
    }

    for name, values in figures.items():
        values.sort()
        bound = TEMPLATES["cow-milk"].bound(name)
        tiers = {bound.expected: 50, bound.warn: 10, bound.critical: 1}
        for tier, thousandths in tiers.items():
            low, high = thousandths, 1000 - thousandths
            assert tier.least == values[low * len(values) // 1000]
            assert tier.most == values[high * len(values) // 1000]
