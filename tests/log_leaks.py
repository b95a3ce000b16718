"""A guard for all tests: no log line may contain a secret or an email address.

It records every secret where it is created or checked: random tokens in `secrets`, passwords in
the hasher. Tokens and hashes are also recognized by their format.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from nacl.pwhash import argon2id

from learnpath import passwords

SHAPES = {
    "an access token": re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"),
    "a refresh token": re.compile(r"lr_[0-9]+_[0-9]+_[\w-]{40,}"),
    "an API key": re.compile(r"lp_[\w-]{40,}"),
    "a password hash": re.compile(r"\$(argon2|2[abxy]\$)"),
    "an email address": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
}
TEST_SERVER_LOGGERS = ("mail.log",)  # aiosmtpd, the mail server of the tests
MIN_DISTINCT = 6  # a password with fewer different characters occurs in other texts

_format = logging.Formatter("%(levelname)s %(name)s %(message)s")


class LogWatcher:
    """The log lines of one test, and the secrets that were used in it."""

    def __init__(self, *known: str) -> None:
        self.lines: list[str] = []
        self.records: list[logging.LogRecord] = []
        self.secrets = set(known)

    def leaks(self) -> list[str]:
        """Return a sentence for each kind of secret in the log."""
        text = "\n".join(self.lines)
        leaked = [f"a secret ({secret!r})" for secret in self.secrets if secret in text]
        leaked += [what for what, shape in SHAPES.items() if shape.search(text)]
        return [f"{what} is in the log:\n{text}" for what in leaked]

    def forget(self) -> None:
        """Discard the lines, for a test that leaks something on purpose."""
        self.lines.clear()

    def handle(self, record: logging.LogRecord) -> None:
        """Record everything that a formatter could write."""
        self.records.append(record)
        if record.name not in TEST_SERVER_LOGGERS:
            self.lines.append(f"{_format.format(record)} {vars(record)}")

    def record_password(self, password: str | bytes) -> None:
        """Record a password, unless it is too common to search for."""
        text = password.decode() if isinstance(password, bytes) else password
        if len(set(text)) >= MIN_DISTINCT and text.casefold() not in _common():
            self.secrets.add(text)


def _common() -> frozenset[str]:
    return passwords._common_passwords()


@contextmanager
def watch_logs(*known: str) -> Iterator[LogWatcher]:
    """Watch every logger, and every function that creates or checks a secret."""
    watch = LogWatcher(*known)
    logging.getLogger("learnpath").setLevel(
        logging.DEBUG
    )  # the app that was created last may have changed it
    with pytest.MonkeyPatch.context() as patch:
        _listen(patch, logging.Logger, "handle", lambda _logger, record: watch.handle(record))
        _listen(patch, argon2id, "str", lambda word, **_: watch.record_password(word))
        _listen(patch, argon2id, "verify", lambda _hash, word: watch.record_password(word))
        for maker in ("token_urlsafe", "token_hex"):
            _record_results(patch, maker, watch.secrets)
        yield watch


def _listen(patch: pytest.MonkeyPatch, owner: Any, name: str, listener: Any) -> None:
    original = getattr(owner, name)

    def listening(*args: Any, **more: Any) -> Any:
        listener(*args, **more)
        return original(*args, **more)

    patch.setattr(owner, name, listening)


def _record_results(patch: pytest.MonkeyPatch, maker: str, results: set[str]) -> None:
    original = getattr(secrets, maker)

    def recording(*args: Any) -> str:
        result: str = original(*args)
        results.add(result)
        return result

    patch.setattr(secrets, maker, recording)
