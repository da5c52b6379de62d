import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.balance import balance_rows, balance_shape
from ledger.chart import to_svg
from ledger.massflow import Flows
from ledger.share import share_rows
from tests.support.make_vectors import massflow as maker

VECTORS = Path(__file__).parents[2] / "tests/vectors/massflow"
HOSTILE = [
    pytest.param(case, id=case["name"])
    for case in json.loads((VECTORS / "hostile.json").read_text())["cases"]
]


@pytest.mark.parametrize("case", HOSTILE)
def test_what_no_honest_party_writes_is_added_up_as_the_vectors_say(case):
    shape = maker.summed(balance_shape, case)

    assert maker.rows(share_rows, case) == case["share"]
    assert maker.rows(balance_rows, case) == case["balance"]
    assert ("" if shape is None else to_svg(shape)) == case["svg"]


MASSES = st.integers(1, 10**6)


def made_of(statements, levels):
    given = maker.case("x", statements, levels, {})
    members = [maker.Member(*each, False) for each in given["members"]]
    flows = Flows(maker.accounts_of(statements), members)
    return flows.made_of(flows.start())


@given(st.lists(st.tuples(MASSES, st.booleans()), min_size=1, max_size=6), MASSES)
@settings(max_examples=60, deadline=None)
def test_a_share_is_exact_or_never_more_than_any_way_the_loss_may_have_gone(parts, out):
    statements, words = [maker.product()], [f"w{n}" for n in range(len(parts))]
    for word, (mass, is_camel) in zip(words, parts, strict=True):
        species = "camel" if is_camel else "cattle"
        statements.append(maker.milked(word, (mass, "GRM"), species))
    masses = {w: (m, "GRM") for w, (m, _) in zip(words, parts, strict=True)}
    statements += [maker.step("x", masses, {"m": (out, "GRM")}), maker.packed({"m": 5})]

    made = made_of(statements, [["m"], words, [maker.CAMEL, maker.COW]])

    camel = sum(mass for mass, is_camel in parts if is_camel)
    total = sum(mass for mass, _ in parts)
    got = Fraction(made.parts.get("milk:camel", 0), made.whole)
    if camel in (0, total) and out <= total:
        want = Fraction(camel, total)
    else:
        want = max(Fraction(camel - max(total - out, 0), out), Fraction(0))
    assert got == want
    assert made.is_exact == (out == total or (camel in (0, total) and out <= total))


def test_a_chain_of_mixes_keeps_short_fractions_and_never_says_too_much():
    statements, levels = [maker.product()], []
    statements += [maker.milked("cow", 10**6, "cattle"), maker.milked("m0", 10**6)]
    for n in range(60):
        statements.append(
            maker.step("x", {f"m{n}": 9973, "cow": 1}, {f"m{n + 1}": 9974})
        )
        levels.insert(0, [f"m{n + 1}"])
    statements.append(maker.packed({"m60": 5}))
    levels += [["m0"], [maker.CAMEL]]
    # The cow's milk is used at every level, and so is one step from the pack's mix.
    levels[1] += ["cow"]
    levels[2] += [maker.COW]

    made = made_of(statements, levels)

    want = Fraction(9973, 9974) ** 60
    got = Fraction(made.parts["milk:camel"], made.whole)
    assert made.whole <= 10**60
    assert want - Fraction(1, 10**15) < got <= want


def test_a_deep_chain_is_followed():
    depth = 3000
    statements = [maker.product(), maker.milked("m0", 10)]
    statements += [
        maker.step("x", {f"m{n}": 5}, {f"m{n + 1}": 5}) for n in range(depth)
    ]
    statements.append(maker.packed({f"m{depth}": 5}))
    levels = [[f"m{n}"] for n in range(depth, -1, -1)]

    made = made_of(statements, [*levels, [maker.CAMEL]])

    assert dict(made.parts) == {"milk:camel": 1}
