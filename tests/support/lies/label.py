"""Lies about what a printed label vouches for: step 18.

The label of the pouch was printed after the recall of the tank was in the ledger. Since
then the one who runs it has made another history, without the recall; all that stands
in it was signed by those who are named, and nothing else about it is false.
"""

from dataclasses import replace

from tests.support.lies.told import Lie, Story, story
from tests.support.pouch import OTHER_TANK, PLANT


def _forgotten(more=4):
    """Return the ledger as if nothing had been recalled, and what else happened."""
    other = Story().begin()
    for _ in range(more):
        other.say(PLANT, epcList=[OTHER_TANK])
        other.end()
    return other


def _served(other, label):
    """Return a passport of the other history for whoever scans the label."""
    true = story()
    question = {"label": true.fragment(len(true.entries))}
    return other.serve(label=label, question=question)


def _show_it():
    other, size = _forgotten(), len(story().entries)
    return _served(other, other.label(size))


def _say_nothing():
    return _served(_forgotten(), None)


def _prove_another_size():
    """Up to the sale of the pouch both histories are the same."""
    other = _forgotten()
    return _served(other, other.label(other.at["sold"] + 1))


def _claim_the_root(**changes):
    """The root that the label has, with the proof that the other history has."""

    def tell():
        other, true = _forgotten(), story()
        size = len(true.entries)
        label = replace(other.label(size), root=true.root(size))
        return _served(other, replace(label, **changes))

    return tell


def _end_before_it():
    return _served(_forgotten(more=0), None)


def _end_where_it_does():
    """As many entries as when it was printed, so that no proof is needed."""
    other, true = Story().begin(), story()
    while len(other.entries) < len(true.entries) - 1:
        other.say(PLANT, epcList=[OTHER_TANK])
    other.seal()
    return _served(other, replace(other.label(len(true.entries)), proof=()))


LIES = (
    Lie(
        "another-history-than-the-label",
        "shows a history without the recall to whoever scans a label that was printed "
        "after it",
        18,
        "label-mismatch",
        _show_it,
    ),
    Lie(
        "another-history-as-long-as-the-labels",
        "shows a history without the recall, of just as many entries as the label's",
        18,
        "label-mismatch",
        _end_where_it_does,
    ),
    Lie(
        "label-not-compared",
        "leaves out how such a history compares with the label",
        18,
        "label",
        _say_nothing,
    ),
    Lie(
        "label-compared-at-another-size",
        "compares it with the time before the two histories parted",
        18,
        "label",
        _prove_another_size,
    ),
    Lie(
        "root-of-the-label-with-a-proof-of-another",
        "gives the label's own root, with the proof for another",
        18,
        "root-mismatch",
        _claim_the_root(),
    ),
    Lie(
        "root-of-the-label-without-a-proof",
        "gives the label's own root, and no proof",
        18,
        "proof-shape",
        _claim_the_root(proof=()),
    ),
    Lie(
        "cut-back-to-before-the-label",
        "cuts the ledger back to before the label was printed",
        18,
        "label",
        _end_before_it,
    ),
)
