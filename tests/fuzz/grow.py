"""Grow a corpus guided by the coverage of the Python readers: atheris, with libFuzzer.

``python -m tests.fuzz.grow TARGET CORPUS [libFuzzer's options]``. The readers of
JavaScript are twins of these, module by module, so what reaches a branch here is what
reaches it there; no fuzzer of that language is kept that runs on our machines.
"""

import sys

import atheris

with atheris.instrument_imports(include=["ledger"]):
    from tests.fuzz.targets import said


def main() -> None:
    """Run libFuzzer on one target; it ends the process."""
    name, corpus, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], corpus, *options], lambda data: said(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
