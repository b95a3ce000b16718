"""Order and repetition make no difference."""

from itertools import permutations

import pytest

from .task import is_completed

DONE, AGAIN, DONE_LATER = ("a", 1, "completed"), ("b", 2, "reopened"), ("c", 3, "completed")
TIE = ("d", 2, "completed")


@pytest.mark.parametrize(
    ("events", "completed"),
    [
        ([], False),
        ([DONE], True),
        ([AGAIN], False),
        ([DONE, AGAIN], False),
        ([DONE, AGAIN, DONE_LATER], True),
        ([AGAIN, TIE], True),
        ([DONE, AGAIN, TIE, DONE_LATER], True),
    ],
)
def test_every_order_gives_the_same_result(events, completed):
    for order in permutations(events):
        assert is_completed(list(order)) is completed, order


def test_sending_it_again_changes_nothing():
    for order in permutations([DONE, AGAIN, DONE, AGAIN]):
        assert is_completed(list(order)) is False, order
