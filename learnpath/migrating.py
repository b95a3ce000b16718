"""Flask-Migrate, attached when somebody migrates.

Importing Alembic, which it brings along, takes a tenth of a start, and serving needs neither.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from flask_sqlalchemy import SQLAlchemy
from werkzeug.local import LocalProxy

from .config import PROJECT_ROOT

MIGRATIONS = PROJECT_ROOT / "migrations"


class Commands(AppGroup):
    """The commands of an application, to which `attach` adds `flask db`."""

    def __init__(self, present: click.Group, attach: Callable[[], Any]) -> None:
        """Begin with those that are `present`; call `attach` before somebody looks for one."""
        super().__init__(present.name, present.commands)
        self._attach = attach

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands."""
        self._attach()
        return super().list_commands(context)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return the command called `name`, or None."""
        self._attach()
        return super().get_command(context, name)


def init_app(app: Flask, db: SQLAlchemy) -> None:
    """Let `app` migrate `db`, by command or by the functions of Flask-Migrate."""

    @cache
    def attach() -> Any:
        from flask_migrate import Migrate  # noqa: PLC0415

        Migrate(app, db, directory=str(MIGRATIONS))  # it takes the place of the proxy below
        return app.extensions["migrate"]

    app.cli = Commands(app.cli, attach)
    app.extensions["migrate"] = LocalProxy(attach)
