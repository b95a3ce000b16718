"""Hash and verify passwords, and check their strength."""

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
BCRYPT_MAX = 72  # bytes; bcrypt ignores the rest, and the library raises an error for more


class WeakPassword(InvalidInput):
    """This password is easy to guess."""

    example = {"errors": {"password": ["A password must not be your own name or email address."]}}

    def __init__(self, reason: str) -> None:
        """Take a `reason` that helps to choose a better password."""
        super().__init__(errors={"password": [reason]})


def check_strength(password: str, name: str, email: str) -> None:
    """Raise WeakPassword for one of the most common passwords, the name or the email address.

    There are no composition rules (NIST SP 800-63B-4, 3.1.1.2).
    """
    candidate = password.casefold()
    if candidate in _common_passwords():
        raise WeakPassword(
            "This is one of the most common passwords. Four random words make a good one."
        )
    local_part = email.partition("@")[0]
    if candidate in {text.casefold() for text in (name, email, local_part)}:
        raise WeakPassword("A password must not be your own name or email address.")


@cache
def _common_passwords() -> frozenset[str]:
    """Return the most common passwords of 8 characters and more, in lower case."""
    text = resources.files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(text.split())


class PasswordsBusy(Unavailable):
    """Too many passwords are being checked just now; try again in a moment."""


class HashLimiter:
    """Lets one thread of the process hash at a time, and a limited number wait.

    Without it, a flood of logins would occupy every thread and block all other requests.
    """

    def __init__(self) -> None:
        self._hashing = threading.Lock()
        self._counting = threading.Lock()
        self._threads = 0

    @contextmanager
    def acquire(self, queue: int) -> Iterator[None]:
        """Wait until no other thread hashes; raise PasswordsBusy if `queue` threads wait."""
        with self._counting:
            if self._threads > queue:
                raise PasswordsBusy
            self._threads += 1
        try:
            with self._hashing:
                yield
        finally:
            with self._counting:
                self._threads -= 1


_limiter = HashLimiter()


def hash_password(password: str) -> str:
    """Return an argon2id hash of the unchanged `password`. Raises PasswordsBusy."""
    with _limiter.acquire(current_app.config["PASSWORD_QUEUE_LENGTH"]):
        return _hash(password, *_cost())


def verify(password: str, stored: str) -> bool:
    """Return whether `stored` is a hash of `password`: argon2id, or bcrypt from an earlier system.

    Takes long: a caller holds no database connection. Raises PasswordsBusy.
    """
    with _limiter.acquire(current_app.config["PASSWORD_QUEUE_LENGTH"]):
        try:
            if stored.startswith("$2"):
                return bcrypt.checkpw(password.encode()[:BCRYPT_MAX], stored.encode())
            return argon2id.verify(stored.encode(), password.encode())
        except (CryptoError, ValueError):  # another password, not a hash, or a NUL for bcrypt
            return False


def needs_rehash(stored: str) -> bool:
    """Return whether `stored` has another scheme or other parameters than a new hash."""
    return not stored.startswith("$argon2id$v=19$m={},t={},p=1$".format(*_cost()))


def dummy_verify(password: str) -> None:
    """Verify `password` against a dummy hash: an unknown email takes as long as a known one."""
    verify(password, _dummy_hash(*_cost()))


def _cost() -> tuple[int, int]:
    """Return the memory in KiB and the number of passes."""
    config = current_app.config
    return config["PASSWORD_HASH_MEMORY_KIB"], config["PASSWORD_HASH_PASSES"]


def _hash(password: str, memory_kib: int, passes: int) -> str:
    return argon2id.str(password.encode(), opslimit=passes, memlimit=memory_kib * 1024).decode()


@cache
def _dummy_hash(memory_kib: int, passes: int) -> str:
    return _hash("a dummy password", memory_kib, passes)
