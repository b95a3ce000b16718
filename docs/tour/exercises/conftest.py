"""The fixtures of the exercises: those of the tests, on SQLite only."""

from tests.conftest import *  # noqa: F403


def pytest_generate_tests(metafunc):
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", ["sqlite"], scope="session")
