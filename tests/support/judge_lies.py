"""Judge vectors with whatever ``ledger`` is found first; name the first that differs.

``python -m tests.support.judge_lies FILE:CASE…`` ends with status 1 at the first case
of which the verifier says something else than it should. ``remove_steps`` runs it on
copies of the ledger from which something was taken away.
"""

import json
import sys
from pathlib import Path

from ledger.errors import LedgerError
from ledger.trust import Trust
from ledger.verify import verify_passport

VECTORS = Path(__file__).parents[1] / "vectors"


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
            trust=Trust(case["policy"].encode(), "yours", case["now_ms"]),
        )
    except LedgerError as error:
        return error


def problem_with(case):
    """Return what is wrong with the verdict on a case; empty if nothing is.

    A lie of the page is none of the passport: this language reads no page.
    """
    found = found_in(case)
    if isinstance(found, LedgerError):
        got = {"want": found.code, "step": found.step, "index": found.index}
    else:
        got = {"want": "ok", "step": None, "index": None}
    want = {name: case[name] for name in got}
    if case.get("falls") == 18:
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
    }


def main(wanted):
    """Judge the named cases; ``FILE`` alone is all of its cases."""
    for name in wanted:
        path, _, one = name.partition(":")
        cases = read_cases(path)
        for case in [cases[one]] if one else cases.values():
            problem = problem_with(case)
            if problem:
                print(problem[:400])
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
