"""Copying the SQLite database while the service reads and writes."""

import os
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from ..db import engine as database


class BackupFailed(Exception):
    """The copy was not made; the message says why."""


def create_backup(file: Path) -> None:
    """Copy the database to `file`. The copy is verified before it gets this name.

    It holds every transaction committed before the call. Readers and writers are not blocked.
    Raises BackupFailed.
    """
    if file.exists():
        raise BackupFailed(f"{file} is there already; a backup overwrites nothing")
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        unfinished.touch(mode=0o600)  # it holds personal data of all users
        with current_app.extensions["reads"].connect() as connection:
            connection.execute(sa.text("VACUUM INTO :file"), {"file": str(unfinished)})
        _verify(unfinished)
        _fsync(unfinished)
        unfinished.rename(file)
        _fsync(file.parent)
    except OSError as error:
        raise BackupFailed(str(error)) from None
    finally:
        unfinished.unlink(missing_ok=True)


def _verify(copy: Path) -> None:
    url = sa.make_url(f"sqlite:///{copy}")
    engine = sa.create_engine(url, **database.driver_options(url), poolclass=sa.NullPool)
    with engine.connect() as connection:
        result = connection.scalar(sa.text("PRAGMA integrity_check"))
    if result != "ok":
        raise BackupFailed(f"the copy is corrupt: {result}")


def _fsync(path: Path) -> None:
    """Wait until a file or directory is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
