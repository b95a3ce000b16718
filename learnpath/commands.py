"""Manners of the command line: a refusal is a sentence and exit status 1, not a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from .errors import Refusal

Command = TypeVar("Command", bound=Callable[..., Any])


def plain_refusals(command: Command) -> Command:
    """Tell a refusal of the domain as a plain sentence."""

    @wraps(command)
    def wrapper(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except Refusal as refusal:
            raise click.ClickException(_sentence(refusal)) from None

    return wrapper  # type: ignore[return-value]


def _sentence(refusal: Refusal) -> str:
    if not refusal.errors:
        return str(refusal)
    return "; ".join(f"{field}: {' '.join(why)}" for field, why in refusal.errors.items())
