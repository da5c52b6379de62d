"""Vectors of the lies of ``tests.support.liar``: what is served, and where it falls.

``want``, ``step`` and ``outcome`` are those of the registry, ``index`` is what Python
names; ``alarms``, ``apart`` and ``flags`` belong to lies that are not refused.
``page`` is what the script reads in the page, as JSON text; passports that several
lies share stand in ``passports`` once.
"""

import json

from ledger.errors import LedgerError
from tests.support.judge_lies import spelled_witnessing
from tests.support.liar import GROUPS, LIMITS, judged, told
from tests.support.lies.serving import read


def case(lie):
    """Return what is served of a lie, and what must be made of it."""
    given = told(lie)
    found = judged(given)
    spelled = {"name": lie.name, "says": lie.says, "passport": given.passport.decode()}
    spelled |= {"subject": given.subject, "lot": given.lot}
    if given.label is not None:
        spelled["label"] = given.label
    spelled |= {"policy": given.policy, "now_ms": given.now_ms}
    is_refused = isinstance(found, LedgerError)
    if not is_refused:
        page = read(given)
        spelled["page"] = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
    return spelled, found


def lie_case(lie):
    """Return the case of a lie of the registry."""
    spelled, found = case(lie)
    is_alarm = lie.code == "alarm"
    spelled |= {
        "want": "ok" if is_alarm else lie.code,
        "step": None if is_alarm else lie.step,
        "falls": lie.step,
        "outcome": "verified" if is_alarm else lie.outcome,
        "index": found.index if isinstance(found, LedgerError) else None,
    }
    if lie.kind is not None:
        spelled["kind"] = lie.kind
    if is_alarm:
        spelled |= {"state": "alarm"} | _reported(found)
    return spelled


def limit_case(limit):
    """Return the case of a lie that one passport does not give away."""
    spelled, found = case(limit)
    return spelled | {
        "want": "ok",
        "step": None,
        "outcome": "verified",
        "index": None,
        "state": limit.state,
        "not-checked": limit.absent,
        **_reported(found, witnessing=spelled_witnessing(found.witnessing)),
    }


def _reported(found, **more):
    flags = [[flag.index, flag.code] for s in found.statements for flag in s.flags]
    alarms = [[a.subject, a.word, a.index, a.is_judged] for a in found.alarms]
    apart = [s.judged.index for s in found.statements if s.is_apart]
    report = {"alarms": alarms, "apart": apart, "absent": [*found.absent]} | more
    return {"report": report, "flags": flags}


def _file(about, cases):
    """Return a file; a passport that is there again is the number of the first."""
    passports = []
    for each in cases:
        if each["passport"] not in passports:
            passports.append(each["passport"])
        each["passport"] = passports.index(each["passport"])
    return {"about": about, "passports": passports, "cases": cases}


def vectors():
    """Return the vector files."""
    about = "Lies of who runs a ledger; see the maker's docstring."
    files = {
        f"{name}.json": _file(about, [lie_case(lie) for lie in lies])
        for name, lies in GROUPS.items()
    }
    limits = "Lies that one passport does not give away; see the maker's docstring."
    return files | {
        "limits.json": _file(limits, [limit_case(limit) for limit in LIMITS])
    }
