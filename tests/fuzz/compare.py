"""Show the same inputs to both languages, and tell where they differ."""

import base64
import json
import re
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import BOTH, said
from tests.support.find_tools import find_node

_JUDGE = Path(__file__).with_name("judge.js")
_UNCOUNTABLE = re.compile(rb"[0-9]{16}")
"""JavaScript cannot count to these, and says so: neither true nor false."""

Input = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Fault:
    """An input that is read wrongly, or by the two languages differently."""

    name: str
    data: bytes
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}\n  {self.data[:2000]!r}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What both languages said of one input, and how long each took."""

    name: str
    data: bytes
    python: object
    javascript: object
    seconds: float


def faults(inputs: Sequence[Input]) -> list[Fault]:
    """Return what is wrong with the reading of some inputs."""
    return [fault for judged in judge(inputs) for fault in _faults(judged)]


def judge(inputs: Sequence[Input]) -> Iterator[Judged]:
    """Yield what each input is read as."""
    answers = iter(_javascript([each for each in inputs if each[0] in BOTH]))
    for name, data in inputs:
        began = time.perf_counter()
        try:
            python = said(name, data)
        # Whatever it is, it is what is looked for.
        except Exception as error:
            python = {"mistake": f"Python: {type(error).__name__}: {error}"}
        seconds = time.perf_counter() - began
        javascript: object = None
        if name in BOTH:
            answer = next(answers)
            seconds = max(seconds, answer.pop("seconds"))
            javascript = answer if "mistake" in answer else answer["said"]
        yield Judged(name, data, python, javascript, seconds)


def _faults(judged: Judged) -> Iterator[Fault]:
    name, data = judged.name, judged.data
    for found in (judged.python, judged.javascript):
        if isinstance(found, dict):
            yield Fault(name, data, f"a mistake: {found['mistake']}")
            return
    if name not in BOTH:
        return
    python = json.loads(json.dumps(judged.python))
    if python == judged.javascript:
        return
    is_cannot = isinstance(judged.javascript, list) and (
        judged.javascript[0] == "cannot-check"
    )
    if is_cannot and _UNCOUNTABLE.search(data):
        return
    yield Fault(name, data, f"Python {python}, JavaScript {judged.javascript}")


def _javascript(inputs: Iterable[Input]) -> list[dict]:
    lines = "".join(f"{n} {base64.b64encode(data).decode()}\n" for n, data in inputs)
    done = subprocess.run(
        [str(find_node()), str(_JUDGE)],
        input=lines.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
