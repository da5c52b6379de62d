"""A bounded part of what ``make fuzz`` does: the same inputs everywhere."""

import random

import pytest

from tests.fuzz.compare import faults
from tests.fuzz.mutate import mutant
from tests.fuzz.seeds import SEEDS, seeds
from tests.fuzz.targets import BOTH, TARGETS, said

SEED = 4
MUTANTS = 200
"""Of each target: seconds, not minutes, for all of them in both languages."""


def mutants(name):
    chance, corpus = random.Random(f"{SEED} {name}"), seeds(name)
    return [mutant(chance, corpus) for _ in range(MUTANTS)]


def test_every_reader_has_inputs_to_begin_with():
    assert SEEDS.keys() == TARGETS.keys()
    assert all(seeds(name) for name in TARGETS)


def test_bytes_that_nobody_meant_are_a_value_or_a_refusal_alike_in_both_languages():
    inputs = [
        (name, data) for name in TARGETS for data in [*seeds(name), *mutants(name)]
    ]

    found = faults(inputs)

    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("name", BOTH)
def test_among_them_are_what_a_reader_takes_and_what_it_refuses(name):
    answers = [said(name, data) for data in [*seeds(name), *mutants(name)]]

    taken = [answer for answer in answers if "ok" in (answer, answer[0])]

    assert 0 < len(taken) < len(answers)
