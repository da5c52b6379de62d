"""The text form of Prometheus, version 0.0.4: figures, one a line."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from ledger.figures import Histogram

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str | int]
_NO_LABELS: Final[Labels] = {}


class Exposition:
    """Metrics, in the order in which they are written."""

    def __init__(self) -> None:
        """Begin without any."""
        self._lines: list[str] = []

    def gauge(self, name: str, help_text: str, value: float) -> None:
        """Write a figure that goes up and down."""
        self._begin(name, help_text, "gauge")
        self._sample(name, _NO_LABELS, value)

    def gauges(
        self, name: str, help_text: str, values: Iterable[tuple[Labels, float]]
    ) -> None:
        """Write a figure that goes up and down, once for each set of labels."""
        self._begin(name, help_text, "gauge")
        for labels, value in values:
            self._sample(name, labels, value)

    def counter(
        self, name: str, help_text: str, values: Iterable[tuple[Labels, float]]
    ) -> None:
        """Write a figure that only grows, once for each set of labels."""
        self._begin(name, help_text, "counter")
        for labels, value in values:
            self._sample(name, labels, value)

    def histogram(
        self, name: str, help_text: str, values: Iterable[tuple[Labels, Histogram]]
    ) -> None:
        """Write how many were at most how much, once for each set of labels."""
        self._begin(name, help_text, "histogram")
        for labels, histogram in values:
            counts, total = histogram.read()
            bounds = (*(_number(bound) for bound in histogram.bounds), "+Inf")
            for bound, count in zip(bounds, counts, strict=True):
                self._sample(f"{name}_bucket", {**labels, "le": bound}, count)
            self._sample(f"{name}_sum", labels, total)
            self._sample(f"{name}_count", labels, counts[-1])

    def text(self) -> str:
        r"""Return what was written.

        >>> metrics = Exposition()
        >>> metrics.gauge("size", "Entries.", 3)
        >>> metrics.text()
        '# HELP size Entries.\n# TYPE size gauge\nsize 3\n'
        """
        return "".join(f"{line}\n" for line in self._lines)

    def _begin(
        self,
        name: str,
        help_text: str,
        kind: Literal["gauge", "counter", "histogram"],
    ) -> None:
        self._lines += [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]

    def _sample(self, name: str, labels: Labels, value: float) -> None:
        named = ",".join(f'{label}="{_quoted(text)}"' for label, text in labels.items())
        braced = f"{{{named}}}" if named else ""
        self._lines.append(f"{name}{braced} {_number(value)}")


def _quoted(text: str | int) -> str:
    """Return a label's value; names of witnesses are the operator's own words."""
    return str(text).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    whole = int(value)
    return str(whole) if value == whole else repr(round(value, 9))
