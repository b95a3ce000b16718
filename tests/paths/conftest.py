"""Fixtures of several tests of paths and of modules."""

from __future__ import annotations

import pytest


@pytest.fixture
def course(api, ada, make):
    """A published path that Ada looks after; `extra` stands in no path."""
    make.module("extra")
    return make.path("python", ["variables", "loops", "classes"])


@pytest.fixture
def hedy(make):
    """Hedy teaches something else."""
    return make.user("hedy", "instructor")
