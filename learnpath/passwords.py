"""Hash, check and judge a password; nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from .errors import InvalidInput, Unavailable

Answer = TypeVar("Answer")

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
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="passwords")


def hashed(password: str) -> str:
    """Return an argon2id hash of `password`, taken exactly as received. Raises PasswordsBusy."""
    with _turns.take(current_app.config["PASSWORD_QUEUE"]):
        return _in_one_thread(_hasher().hash, password)


def matches(password: str, stored: str) -> bool:
    """Tell whether `password` made `stored`: argon2id, or bcrypt from an earlier system.

    Hold no database connection meanwhile. Raises PasswordsBusy.
    """
    with _turns.take(current_app.config["PASSWORD_QUEUE"]):
        if stored.startswith("$2"):
            return _in_one_thread(_bcrypt_matches, password, stored)
        try:
            return _in_one_thread(_hasher().verify, stored, password)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Tell whether `stored` was made by another scheme or with older parameters."""
    if not stored.startswith("$argon2id$"):
        return True
    return _hasher().check_needs_rehash(stored)


def spend_the_time_of_a_check(password: str) -> None:
    """Check `password` against nobody, so that an unknown email takes as long as a known one."""
    matches(password, _nobodys_hash(*_parameters()))


def _in_one_thread(function: Callable[..., Answer], *arguments: Any) -> Answer:
    """Call `function` in the thread that does all the hashing of this process.

    Each thread keeps the 19 MiB of its last hash; sixteen of them kept 300 MB.
    """
    return _thread.submit(function, *arguments).result()


def _hasher() -> PasswordHasher:
    return _hasher_with(*_parameters())


def _parameters() -> tuple[int, int]:
    config = current_app.config
    return config["PASSWORD_HASH_MEMORY_KIB"], config["PASSWORD_HASH_PASSES"]


@cache
def _hasher_with(memory_kib: int, passes: int) -> PasswordHasher:
    """OWASP's first choice is 19 MiB and 2 passes on one lane (Password Storage Cheat Sheet)."""
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)


@cache
def _nobodys_hash(memory_kib: int, passes: int) -> str:
    return _hasher_with(memory_kib, passes).hash("nobody has this password")


def _bcrypt_matches(password: str, stored: str) -> bool:
    try:
        return bcrypt.checkpw(password.encode()[:BCRYPT_READS], stored.encode())
    except ValueError:  # not a hash after all, or a NUL in the password
        return False
