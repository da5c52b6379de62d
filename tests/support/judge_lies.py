"""Judge vectors with whatever ``ledger`` is found first.

``remove_steps`` does so with copies of the ledger from which something was taken away.
"""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

from ledger.completeness import verify_lists
from ledger.errors import LedgerError
from ledger.trust import Trust
from ledger.verify import verify_passport

VECTORS = Path(__file__).parents[1] / "vectors"


@cache
def read_cases(path):
    """Return the cases of a file by name, each with its passport."""
    content = json.loads((VECTORS / path).read_text("utf-8"))
    passports = content.get("passports")
    for case in content["cases"]:
        if passports is not None:
            case["passport"] = passports[case["passport"]]
    return {case["name"]: case for case in content["cases"]}


def found_in(case):
    """Return the report on a case, or the refusal."""
    try:
        return verify_passport(
            case["passport"].encode(),
            subject=case["subject"],
            lot=case.get("lot"),
            label=case.get("label"),
            trust=Trust(case["policy"].encode(), "yours", case["now_ms"]),
        )
    except LedgerError as error:
        return error


def problem_with(case):
    """Return what is wrong with the verdict on a case; empty if nothing is.

    A lie of the page is none of the passport: this language reads no page.
    """
    if "root_hex" in case:
        return _problem_with_lists(case)
    found = found_in(case)
    if isinstance(found, LedgerError):
        got = {"want": found.code, "step": found.step, "index": found.index}
    else:
        got = {"want": "ok", "step": None, "index": None}
    want = {name: case[name] for name in got}
    if isinstance(found, LedgerError) and "refusal" in case:
        got |= spelled_refusal(found)
        want |= case["refusal"]
    if case.get("falls") == 19:
        want = {"want": "ok", "step": None, "index": None}
    if got == want == {"want": "ok", "step": None, "index": None}:
        report = case.get("report", {})
        told = spelled(found)
        got |= {name: told[name] for name in report}
        want |= report
        if "flags" in case:
            flags = [[f.index, f.code] for s in found.statements for f in s.flags]
            got["flags"], want["flags"] = flags, case["flags"]
    return "" if got == want else f"{case['name']}: got {got}, want {want}: {found}"


def _problem_with_lists(case):
    """Judge a case of ``index/lists.json``: lists alone, and their proof."""
    root, lists = bytes.fromhex(case["root_hex"]), dict(case["lists"])
    got = "ok"
    try:
        verify_lists(root, origin=case["origin"], lists=lists, proof=case["proof"])
    except LedgerError as error:
        got = error.code
    return "" if got == case["want"] else f"{case['name']}: got {got}"


def spelled(found):
    """Return what a report says, as the vectors spell it."""
    return {
        "lot": found.lot,
        "members": [[m.subject, m.relation, m.level, m.is_open] for m in found.members],
        "alarms": [[a.subject, a.word, a.index, a.is_judged] for a in found.alarms],
        "cycle": [*found.cycle],
        "shown": [s.judged.index for s in found.statements],
        "apart": [s.judged.index for s in found.statements if s.is_apart],
        "about": [[s.judged.index, [*s.about]] for s in found.statements],
        "absent": [*found.absent],
        "witnessing": spelled_witnessing(found.witnessing),
        "label_size": found.label_size,
    }


def spelled_witnessing(witnessing):
    """Return what witnesses vouch for, as the vectors spell it."""
    members = asdict(witnessing)
    return {n: [*v] if isinstance(v, tuple) else v for n, v in members.items()}


def spelled_refusal(error):
    """Return what a refusal says of the time, as the vectors spell it."""
    return {
        "witnessed_at": error.witnessed_at,
        "is_clock_doubtful": error.is_clock_doubtful,
    }


def first_problem(names):
    """Return what is wrong with the first of some cases, ``FILE:CASE``; or nothing."""
    for name in names:
        path, _, one = name.partition(":")
        try:
            problem = problem_with(read_cases(path)[one])
        except Exception as error:
            # A verifier that breaks has not judged.
            problem = f"{name}: {error!r}"
        if problem:
            return problem[:400]
    return ""
