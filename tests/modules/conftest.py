"""Fixtures that the tests of modules share with those of paths."""

from ..paths.conftest import course, hedy

__all__ = ["course", "hedy"]
