"""What a verdict claims, and no more: the table of the blueprint, section 6.

``tests/web/claims.test.js`` holds the page to the same cases.
"""

import json
import re

import pytest

from ledger.cli.explanations import PASSPORT_STEPS
from ledger.cli.verdict import of_passport, say_refusal, say_verdict
from ledger.errors import LedgerError
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.judge_lies import problem_with, read_cases
from tests.support.lies.serving import SCANNER_WEB, page_of
from tests.support.lies.told import Story
from tests.support.vectors import cases, load

TABLE = load("claims/claims.json")
CLAIMS = [
    "signed by X",
    "in the ledger at time t",
    "complete",
    "same history for everyone",
    "extends what was printed",
    "the page is honest",
    "it is true",
]
NEVER_CLAIMED = CLAIMS[-2:]


def asked(case):
    """Return a case with what is asked, if it stands in another file."""
    if "vector" not in case:
        return case
    path, _, name = case["vector"].partition(":")
    return {"policy_source": "yours"} | read_cases(path)[name] | case


def found(case):
    """Return the report on a case, or the refusal."""
    try:
        return verify_passport(
            case["passport"].encode(),
            subject=case["subject"],
            lot=case["lot"],
            label=case.get("label"),
            trust=Trust(case["policy"].encode(), case["policy_source"], case["now_ms"]),
        )
    except LedgerError as error:
        return error


def words_of(case, capsys):
    """Return all that the command says of a case."""
    judged = found(case)
    if isinstance(judged, LedgerError):
        say_refusal(judged, PASSPORT_STEPS, "passport.json", as_json=False)
    else:
        verdict = of_passport(judged, "the subject that was asked for", ())
        say_verdict(verdict, as_json=False)
    ended = capsys.readouterr()
    return ended.out + ended.err


def test_every_row_of_the_table_is_there_honest_and_broken():
    made = {}
    for case in TABLE["cases"]:
        made.setdefault(case["claim"], set()).add(case["made"])

    assert [*made] == CLAIMS
    for claim in CLAIMS:
        assert ("yes" in made[claim]) == (claim not in NEVER_CLAIMED)
        # Whatever was signed may be untrue: no verifier can tell.
        assert ("no" in made[claim]) == (claim != "it is true")


@pytest.mark.parametrize("case", cases("claims/claims.json"))
def test_a_claim_is_made_only_where_it_holds(case):
    assert problem_with(asked(case)) == ""


@pytest.mark.parametrize("case", cases("claims/claims.json"))
def test_the_command_says_what_is_claimed_and_no_more(case, capsys):
    said = words_of(asked(case), capsys)

    for words in case["command_words"]["says"]:
        assert words in said
    for words in (*case["command_words"]["never"], *TABLE["never"]["en"]):
        assert words not in said


@pytest.mark.parametrize(
    "case", [case for case in cases("claims/claims.json") if "signed" in case.values[0]]
)
def test_who_signed_is_named(case):
    index, party = case["signed"]

    assert [
        s.judged.party for s in found(case).statements if s.judged.index == index
    ] == [party]


@pytest.mark.parametrize(
    "case", [case for case in cases("claims/claims.json") if "logged" in case.values[0]]
)
def test_when_it_was_logged_is_named(case):
    index, time = case["logged"]

    assert [s.log_time for s in found(case).statements if s.judged.index == index] == [
        time
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_says_that_it_can_be_changed_and_how_to_do_without_it(lang):
    messages = json.loads((SCANNER_WEB / f"locale/{lang}.json").read_text("utf-8"))

    page = page_of(Story().begin().serve(), lang)

    for key in TABLE["always"]:
        assert messages[key] in page
    assert re.search(r"<code>caravan verify http://[^<]+</code>", page)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_text_of_a_verdict_claims_what_is_never_claimed(lang):
    messages = json.loads((SCANNER_WEB / f"locale/{lang}.json").read_text("utf-8"))

    told = {key: text for key, text in messages.items() if key.startswith("verdict.")}

    assert told
    for word in TABLE["never"][lang]:
        assert [key for key, text in told.items() if word in text.lower()] == []
