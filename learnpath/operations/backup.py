"""A copy of the SQLite database, made while the service reads and writes."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from .. import database


class BackupFailed(Exception):
    """There is no good copy; the message says why."""


def back_up(file: Path) -> None:
    """Copy the database to `file`, examine the copy, and only then give it its name.

    Everything that was acknowledged before is in it. Readers and writers go on meanwhile.
    Raises BackupFailed.
    """
    if file.exists():
        raise BackupFailed(f"{file} is there already; a backup overwrites nothing")
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        unfinished.touch(mode=0o600)  # it holds everything about everybody
        with current_app.extensions["reads"].connect() as connection:
            connection.execute(sa.text("VACUUM INTO :file"), {"file": str(unfinished)})
        _examine(unfinished)
        _keep(unfinished)
        unfinished.rename(file)
        _keep(file.parent)
    except OSError as error:
        raise BackupFailed(str(error)) from None
    finally:
        unfinished.unlink(missing_ok=True)


def _examine(copy: Path) -> None:
    url = sa.make_url(f"sqlite:///{copy}")
    engine = sa.create_engine(url, **database.driver_options(url), poolclass=sa.NullPool)
    with engine.connect() as connection:
        verdict = connection.scalar(sa.text("PRAGMA integrity_check"))
    if verdict != "ok":
        raise BackupFailed(f"the copy is broken: {verdict}")


def _keep(place: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
