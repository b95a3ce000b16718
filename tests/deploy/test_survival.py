"""A short form of `make chaos`: each experiment that takes seconds, tried twice."""

import pytest

from chaos import clocks, disks, kills, outages

pytestmark = pytest.mark.exhaustive
TRIALS = 2


@pytest.mark.parametrize(
    "experiment",
    [kills.master, kills.postgresql, disks.disk, disks.fsync, clocks.clock],
    ids=lambda experiment: experiment.__name__,
)
def test_the_service_survives(experiment):
    broken = [row for row in experiment(TRIALS) if row.is_kept is False]
    assert not broken


def test_two_seconds_without_postgresql_are_told_honestly():
    (row,) = outages.outage(1, 2.0)
    assert row.is_kept, row
