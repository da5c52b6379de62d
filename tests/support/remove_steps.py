"""Take each check of the verifier away, one at a time, and see a test turn red.

``python -m tests.support.remove_steps [python] [javascript]`` makes a copy of the
verifier for each removal of ``tests.support.removals``, without that one check, and
judges with it the lies that fall at its step, then the verifier's other vectors of that
step. It fails if none of them notices, or if the source to be removed is no longer
there once: so no check is without a test, and the list of checks cannot rot. Each run
takes a third of them, by chance; with ``CARAVAN_EVERY_LIE=1``, all.
"""

import ast
import gc
import importlib
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from tests.support.find_tools import find_node
from tests.support.removals import javascript, python

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests" / "vectors"
LIES = (
    "evidence",
    "signers",
    "listing",
    "codes",
    "times",
    "label",
    "strangers",
    "ledgers",
    "witnesses",
    "pages",
)
OTHERS = ("passports", "lists", "closures", "alarms", "witnesses", "labels")
# What is reported and not refused stands in whole files.
REPORTED = {
    11: ("closures",),
    12: ("closures", "alarms"),
    16: ("alarms", "closures", "passports"),
    17: ("witnesses",),
}
MOST_AT_ONCE = 2
JUDGING = "tests.support.judge_lies"


def cases_of(step):
    """Return the cases that should notice that something of a step is missing."""
    found = []
    for name in LIES:
        cases = json.loads((VECTORS / f"lies/{name}.json").read_text("utf-8"))["cases"]
        found += [
            f"lies/{name}.json:{case['name']}"
            for case in cases
            if case["falls"] == step
        ]
    if step == 17:
        # What a passport does not give away is told by what is named as not checked.
        limits = json.loads((VECTORS / "lies/limits.json").read_text("utf-8"))["cases"]
        found += [f"lies/limits.json:{case['name']}" for case in limits]
    if step == 9:
        lists = json.loads((VECTORS / "index/lists.json").read_text("utf-8"))["cases"]
        found += [f"index/lists.json:{case['name']}" for case in lists]
    for name in OTHERS:
        content = json.loads((VECTORS / f"verify/{name}.json").read_text("utf-8"))
        found += [
            f"verify/{name}.json:{case['name']}"
            for case in content["cases"]
            if case["step"] == step
            or (case["step"] is None and name in REPORTED.get(step, ()))
        ]
    return found


def without(removal, folder):
    """Write a file without the check; return what is wrong if that cannot be done."""
    path = folder / removal.file
    text = path.read_text("utf-8")
    count = text.count(removal.old)
    if count != 1:
        return f"{removal.file} has what is to be removed {count} times"
    if removal.old == removal.new:
        return "nothing is removed"
    path.write_text(text.replace(removal.old, removal.new), "utf-8")
    return ""


def python_problem(removal, cases, folder):
    """Return what is wrong with a removal in Python; empty if a case notices it.

    It runs in a process of its own, a fork of one that has imported the ledger and
    judged nothing: what was taken away is imported anew, with all that imports it.
    """
    judging = sys.modules[JUDGING]
    if removal is not None:
        changed = folder / "ledger" / removal.file
        changed.parent.mkdir(parents=True)
        shutil.copy(ROOT / "ledger" / removal.file, changed)
        problem = without(removal, folder / "ledger")
        if problem:
            return problem
        sys.dont_write_bytecode = True
        importlib.import_module("ledger").__path__.insert(0, str(folder / "ledger"))
        forget("ledger." + removal.file.removesuffix(".py"))
    try:
        read_cases = judging.read_cases
        judging = importlib.import_module(JUDGING)
        judging.read_cases = read_cases
        noticed = judging.first_problem(cases)
    except Exception as error:
        # A copy that does not even run says nothing about the check.
        return f"does not run: {error!r}"
    if removal is None:
        return noticed
    return "" if noticed else "no test notices"


def forget(name):
    """Forget a module, and whatever has imported from one that is forgotten."""
    forgotten = {name}
    users = {each: imported_by(each) for each in sys.modules if is_ours(each)}
    while more := {u for u, names in users.items() if names & forgotten} - forgotten:
        forgotten |= more
    for each in forgotten:
        package, _, last = each.rpartition(".")
        vars(sys.modules[package]).pop(last, None)
        del sys.modules[each]


def is_ours(name):
    """Return whether a module is one that may import what is taken away."""
    return name == JUDGING or name.startswith("ledger.")


@cache
def imported_by(name):
    """Return the names that a module may import: also those that are no modules."""
    found = set()
    tree = ast.parse(Path(sys.modules[name].__file__).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return found


def in_process(task, answer):
    """Do a task in a process of its own, which writes its answer to a file."""
    child = os.fork()
    if child == 0:
        try:
            answer.write_text(task(), "utf-8")
        finally:
            os._exit(0)
    return child


def javascript_problems(removals, cases, folder):
    """Return what is wrong with each removal in JavaScript."""
    asked, problems = [], []
    for number, removal in enumerate(removals):
        copy = folder / str(number)
        shutil.copytree(
            ROOT / "scanner_web",
            copy,
            ignore=shutil.ignore_patterns("vendor", "locale", "templates"),
        )
        for shared in ("vendor", "locale"):
            (copy / shared).symlink_to(ROOT / "scanner_web" / shared)
        problems.append("" if removal is None else without(removal, copy))
        step = None if removal is None else removal.step
        judged = {"folder": f"{copy.as_uri()}/", "cases": cases[step]}
        asked.append(judged | {"isWhole": removal is None})
    answers = [""] * len(asked)
    shares = [range(first, len(asked), MOST_AT_ONCE) for first in range(MOST_AT_ONCE)]
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        judged = pool.map(lambda share: in_node([asked[i] for i in share]), shares)
        for share, found in zip(shares, judged, strict=True):
            for place, answer in zip(share, found, strict=True):
                answers[place] = answer
    return [one or other for one, other in zip(problems, answers, strict=True)]


def in_node(asked):
    """Return what is wrong with each of some removals."""
    done = subprocess.run(
        [find_node(), Path(__file__).with_suffix(".js")],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        return [done.stderr.decode()[-400:] or "it ended"] * len(asked)
    return json.loads(done.stdout)


def check_python(removals, cases):
    """Return what is wrong with nothing removed, and with each removal, in Python."""
    running, answers = 0, []
    judging = importlib.import_module(JUDGING)
    for name in {case.partition(":")[0] for case in cases[None]}:
        judging.read_cases(name)
    for name in filter(is_ours, [*sys.modules]):
        imported_by(name)
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder:
        for number, removal in enumerate((None, *removals)):
            copy = Path(folder) / str(number)
            judged = cases[None if removal is None else removal.step]
            answers.append(copy.with_suffix(".txt"))
            if running == MOST_AT_ONCE:
                os.wait()
                running -= 1
            in_process(
                lambda r=removal, c=judged, f=copy: python_problem(r, c, f),
                answers[-1],
            )
            running += 1
        for _ in range(running):
            os.wait()
        return [
            answer.read_text("utf-8") if answer.exists() else "it ended"
            for answer in answers
        ]


def check_javascript(removals, cases):
    """Return what is wrong with nothing removed, and with each, in JavaScript."""
    with tempfile.TemporaryDirectory() as folder:
        return javascript_problems((None, *removals), cases, Path(folder))


CHECKS = {
    "python": (python.REMOVALS, check_python),
    "javascript": (javascript.REMOVALS, check_javascript),
}


def main(languages):
    """Check what is asked for; name each removal that nobody notices."""
    failed = 0
    chance = random.Random(seed := secrets.randbelow(10**6))
    cases = {step: cases_of(step) for step in range(1, 20)}
    # What a verifier with nothing taken away must hold: else whatever is noticed means
    # nothing.
    cases[None] = [case for found in cases.values() for case in found]
    for language in languages or CHECKS:
        removals, check = CHECKS[language]
        if not os.environ.get("CARAVAN_EVERY_LIE"):
            removals = chance.sample(removals, len(removals) // 3)
        first, *problems = check(removals, cases)
        if first:
            failed += 1
            print(f"{language}, nothing removed: {first}")
        for removal, problem in zip(removals, problems, strict=True):
            if problem:
                failed += 1
                where = f"{language}, step {removal.step}, {removal.what}"
                print(f"{where}: {problem}")
        steps = len({removal.step for removal in removals})
        checks = f"{len(removals)} checks of {steps} steps, seed {seed}"
        print(f"remove_steps: {language}: {checks}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
