"""Hash, check and judge a password; nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources

import bcrypt
from flask import current_app
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from .errors import InvalidInput, Unavailable

PASSWORD_MIN = 8  # characters
PASSWORD_MAX = 128
BCRYPT_READS = 72  # bytes; bcrypt ignores the rest, and the library refuses to


class WeakPassword(InvalidInput):
    """This password would be guessed first."""

    example = {"errors": {"password": ["A password must not be your own name or email address."]}}

    def __init__(self, reason: str) -> None:
        """Refuse for `reason`, a helpful sentence."""
        super().__init__(errors={"password": [reason]})


def refuse_weak(password: str, name: str, email: str) -> None:
    """Raise WeakPassword for one of the most common passwords, the name or the email address.

    There are no composition rules (NIST SP 800-63B-4, 3.1.1.2).
    """
    candidate = password.casefold()
    if candidate in _common_passwords():
        raise WeakPassword(
            "This is one of the most common passwords. Four random words make a good one."
        )
    local_part = email.partition("@")[0]
    if candidate in {word.casefold() for word in (name, email, local_part)}:
        raise WeakPassword("A password must not be your own name or email address.")


@cache
def _common_passwords() -> frozenset[str]:
    """Read the most common passwords of 8 characters and more, in lower case."""
    text = resources.files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(text.split())


class PasswordsBusy(Unavailable):
    """Too many passwords are being checked just now; try again in a moment."""


class Turns:
    """Lets one thread of the process hash at a time, and a few more wait.

    A flood of logins would otherwise hold every thread, and nobody else would be answered.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._present = 0

    @contextmanager
    def take(self, queue: int) -> Iterator[None]:
        """Wait for a turn; raises PasswordsBusy where `queue` others are waiting already."""
        with self._count:
            if self._present > queue:
                raise PasswordsBusy
            self._present += 1
        try:
            with self._turn:
                yield
        finally:
            with self._count:
                self._present -= 1


_turns = Turns()


def hashed(password: str) -> str:
    """Return an argon2id hash of `password`, taken exactly as received. Raises PasswordsBusy."""
    with _turns.take(current_app.config["PASSWORD_QUEUE"]):
        return _hash(password, *_cost())


def matches(password: str, stored: str) -> bool:
    """Tell whether `password` made `stored`: argon2id, or bcrypt from an earlier system.

    Hold no database connection meanwhile. Raises PasswordsBusy.
    """
    with _turns.take(current_app.config["PASSWORD_QUEUE"]):
        if stored.startswith("$2"):
            return _bcrypt_matches(password, stored)
        try:
            return argon2id.verify(stored.encode(), password.encode())
        except CryptoError:  # another password, or no hash at all
            return False


def is_outdated(stored: str) -> bool:
    """Tell whether `stored` was made by another scheme or with other parameters."""
    return not stored.startswith("$argon2id$v=19$m={},t={},p=1$".format(*_cost()))


def spend_the_time_of_a_check(password: str) -> None:
    """Check `password` against nobody, so that an unknown email takes as long as a known one."""
    matches(password, _nobodys_hash(*_cost()))


def _cost() -> tuple[int, int]:
    """Return memory in KiB and passes.

    OWASP's first choice is 19 MiB and 2 passes on one lane (Password Storage Cheat Sheet).
    """
    config = current_app.config
    return config["PASSWORD_HASH_MEMORY_KIB"], config["PASSWORD_HASH_PASSES"]


def _hash(password: str, memory_kib: int, passes: int) -> str:
    return argon2id.str(password.encode(), opslimit=passes, memlimit=memory_kib * 1024).decode()


@cache
def _nobodys_hash(memory_kib: int, passes: int) -> str:
    return _hash("nobody has this password", memory_kib, passes)


def _bcrypt_matches(password: str, stored: str) -> bool:
    try:
        return bcrypt.checkpw(password.encode()[:BCRYPT_READS], stored.encode())
    except ValueError:  # not a hash after all, or a NUL in the password
        return False
