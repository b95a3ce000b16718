"""Flask-Migrate, loaded only for a command that needs it.

Importing it, and Alembic with it, takes a tenth of a start; serving needs neither.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from flask_sqlalchemy import SQLAlchemy
from werkzeug.local import LocalProxy

from ..settings import PROJECT_ROOT

MIGRATIONS = PROJECT_ROOT / "migrations"


class LazyMigrateGroup(AppGroup):
    """The commands of an application, to which `load` adds `flask db` on the first look-up."""

    def __init__(self, group: click.Group, load: Callable[[], Any]) -> None:
        super().__init__(group.name, group.commands)
        self._load = load

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands."""
        self._load()
        return super().list_commands(context)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return the command `name`, or None."""
        self._load()
        return super().get_command(context, name)


def init_app(app: Flask, db: SQLAlchemy) -> None:
    """Add `flask db` and the functions of Flask-Migrate to `app`."""

    @cache
    def load() -> Any:
        from flask_migrate import Migrate  # noqa: PLC0415

        Migrate(app, db, directory=str(MIGRATIONS))  # replaces the proxy below
        return app.extensions["migrate"]

    app.cli = LazyMigrateGroup(app.cli, load)
    app.extensions["migrate"] = LocalProxy(load)
