"""A right password is told from a wrong one, and an old hash is replaced."""

import pytest
from argon2 import PasswordHasher

from .task import HASHER, check_password

PASSWORD = "correct horse battery"
EARLIER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def test_the_right_password_is_right():
    assert check_password(PASSWORD, HASHER.hash(PASSWORD)) == (True, None)


def test_a_wrong_one_is_wrong():
    assert check_password("guess", HASHER.hash(PASSWORD)) == (False, None)


@pytest.mark.parametrize("stored", ["", PASSWORD, "$argon2id$", "$2b$12$not.argon"])
def test_rubbish_in_the_database_lets_nobody_in_and_breaks_nothing(stored):
    assert check_password(PASSWORD, stored) == (False, None)


def test_an_old_hash_is_replaced_by_one_that_works():
    right, better = check_password(PASSWORD, EARLIER.hash(PASSWORD))
    assert right
    assert not HASHER.check_needs_rehash(better)
    assert HASHER.verify(better, PASSWORD)


def test_an_old_hash_of_another_password_is_not_replaced():
    assert check_password("guess", EARLIER.hash(PASSWORD)) == (False, None)
