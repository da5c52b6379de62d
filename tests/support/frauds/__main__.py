"""List the frauds: ``python -m tests.support.frauds``."""

from tests.support.frauds import KINDS

for kind in KINDS.values():
    strengths = ", ".join(map(str, kind.strengths))
    print(f"{kind.family:12}  {kind.id}: {kind.sentence} ({strengths} {kind.unit})")
