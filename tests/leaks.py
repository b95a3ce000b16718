"""A guard for the whole suite: no secret and no email address may stand in a log line.

Secrets are noted where they are born: random tokens in `secrets`, passwords in the hasher.
Tokens and hashes are also known by their shape, whoever made them.
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
OF_TEST_SERVERS = ("mail.log",)  # aiosmtpd plays the world outside
MADE_OF_NOTHING = 6  # a password with fewer different characters is found everywhere

_format = logging.Formatter("%(levelname)s %(name)s %(message)s")


class Watch:
    """The log lines of one test, and the secrets that were used in it."""

    def __init__(self, *known: str) -> None:
        self.lines: list[str] = []
        self.records: list[logging.LogRecord] = []
        self.secrets = set(known)

    def leaks(self) -> list[str]:
        """Return a sentence for every line that says too much."""
        text = "\n".join(self.lines)
        found = [f"a secret ({secret!r})" for secret in self.secrets if secret in text]
        found += [what for what, shape in SHAPES.items() if shape.search(text)]
        return [f"{what} is in the log:\n{text}" for what in found]

    def forget(self) -> None:
        """Let a test go on that has leaked something on purpose."""
        self.lines.clear()

    def hear(self, record: logging.LogRecord) -> None:
        """Keep everything that a formatter could write of this record."""
        self.records.append(record)
        if record.name not in OF_TEST_SERVERS:
            self.lines.append(f"{_format.format(record)} {vars(record)}")

    def note_password(self, password: str | bytes) -> None:
        """Note a password, unless it is one that everybody uses as a word."""
        text = password.decode() if isinstance(password, bytes) else password
        if len(set(text)) >= MADE_OF_NOTHING and text.casefold() not in _common():
            self.secrets.add(text)


def _common() -> frozenset[str]:
    return passwords._common_passwords()


@contextmanager
def watching(*known: str) -> Iterator[Watch]:
    """Listen to every logger, and to every place where secrets are made or checked."""
    watch = Watch(*known)
    logging.getLogger("learnpath").setLevel(logging.DEBUG)  # whatever app was made last
    with pytest.MonkeyPatch.context() as patch:
        _listen(patch, logging.Logger, "handle", lambda _logger, record: watch.hear(record))
        _listen(patch, argon2id, "str", lambda word, **_: watch.note_password(word))
        _listen(patch, argon2id, "verify", lambda _hash, word: watch.note_password(word))
        for maker in ("token_urlsafe", "token_hex"):
            _note_results(patch, maker, watch.secrets)
        yield watch


def _listen(patch: pytest.MonkeyPatch, owner: Any, name: str, listener: Any) -> None:
    original = getattr(owner, name)

    def heard(*args: Any, **more: Any) -> Any:
        listener(*args, **more)
        return original(*args, **more)

    patch.setattr(owner, name, heard)


def _note_results(patch: pytest.MonkeyPatch, maker: str, results: set[str]) -> None:
    original = getattr(secrets, maker)

    def noted(*args: Any) -> str:
        made: str = original(*args)
        results.add(made)
        return made

    patch.setattr(secrets, maker, noted)
