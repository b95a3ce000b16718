"""A password is verified, and an old hash is replaced."""

import pytest
from nacl.pwhash import argon2id

from .task import TODAY, check_password, hash_password

PASSWORD = "correct horse battery"


def earlier_hash():
    return argon2id.str(PASSWORD.encode(), opslimit=1, memlimit=8 * 1024).decode()


def test_the_right_password_is_right():
    assert check_password(PASSWORD, hash_password(PASSWORD)) == (True, None)


def test_a_wrong_one_is_wrong():
    assert check_password("guess", hash_password(PASSWORD)) == (False, None)


@pytest.mark.parametrize("stored", ["", PASSWORD, "$argon2id$", "$2b$12$not.argon", "x" * 300])
def test_an_invalid_hash_matches_no_password_and_raises_nothing(stored):
    assert check_password(PASSWORD, stored) == (False, None)


def test_an_old_hash_is_replaced_by_one_that_works():
    right, better = check_password(PASSWORD, earlier_hash())
    assert right
    assert better.startswith(TODAY)
    assert check_password(PASSWORD, better) == (True, None)


def test_an_old_hash_of_another_password_is_not_replaced():
    assert check_password("guess", earlier_hash()) == (False, None)
