"""Write the help of every command into docs/cli.md. `make docs` runs it."""

from __future__ import annotations

from collections.abc import Iterator

import click
from flask import Flask
from flask.cli import AppGroup, FlaskGroup, ScriptInfo

from learnpath import create_app

DOCUMENTING = {"ENVIRONMENT": "development", "DATABASE_URL": "sqlite:///learnpath.db"}


def our_commands(app: Flask) -> Iterator[tuple[str, click.Command]]:
    """Yield each command of this project with the words that start it, in alphabetical order."""
    for name, command in sorted(app.cli.commands.items()):
        if not (command.callback or isinstance(command, AppGroup)) or not _is_ours(command):
            continue
        if isinstance(command, click.Group):
            for part, inner in sorted(command.commands.items()):
                yield f"flask {name} {part}", inner
        else:
            yield f"flask {name}", command


def _is_ours(command: click.Command) -> bool:
    if isinstance(command, click.Group):
        return all(_is_ours(inner) for inner in command.commands.values())
    return (command.callback.__module__ or "").startswith("learnpath.")


def reference() -> str:
    """Return the help of every command as Markdown."""
    app = create_app(DOCUMENTING)
    flask = FlaskGroup(create_app=lambda: app)
    sections = []
    with click.Context(flask, info_name="flask", obj=ScriptInfo(create_app=lambda: app)):
        for words, command in our_commands(app):
            context = click.Context(command, info_name=words, terminal_width=80)
            sections.append(f"### `{words}`\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(sections)
