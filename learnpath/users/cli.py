"""`flask users …`: administer accounts from the command line."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from typing import Any

import click
import marshmallow as ma
from flask import current_app
from flask.cli import AppGroup

from ..commands import as_json, examples, plain_refusals, print_json
from ..errors import InvalidInput
from ..extensions import db
from ..pages import SIZE_MAX, Paging
from ..permissions import ADMIN, ROLES
from . import services, standing
from .models import ACTIVE, DEACTIVATED
from .schemas import RegistrationSchema

COLUMNS = ("id", "role", "status", "email", "name")

users = AppGroup("users", help="Administer accounts.")


@users.command("create-admin")
@click.argument("email")
@click.option("--name", default="Administrator", show_default=True, help="The person's name.")
@click.option("--generate-password", is_flag=True, help="Make a password and print it once.")
@plain_refusals
@examples(
    "flask users create-admin ada@example.org",
    "flask users create-admin ada@example.org --name Ada --generate-password",
)
def create_admin(email: str, name: str, generate_password: bool) -> None:
    """Make an account for the administrator EMAIL.

    Asks for the password, unless it is to be generated.
    """
    if generate_password:
        password = secrets.token_urlsafe(15)
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        checked = RegistrationSchema().load({"name": name, "email": email, "password": password})
    except ma.ValidationError as error:
        raise InvalidInput(errors=error.messages_dict) from None
    user_id = services.register_user(**checked, role=ADMIN)
    db.session.commit()
    click.echo(f"Made the administrator {checked['email']} with id {user_id}.")
    if generate_password:
        click.echo(f"Password: {password}")


@users.command("list")
@click.option("--role", type=click.Choice(ROLES), help="Only people of this role.")
@as_json
@plain_refusals
@examples("flask users list", "flask users list --role admin --json")
def list_users(role: str | None, as_json: bool) -> None:
    """Print every account, one a line.

    The columns are id, role, status, email address and name, with tabs between them.
    """
    listed = _all_users(role)
    if as_json:
        print_json([dict(zip(COLUMNS, user, strict=True)) for user in listed])
        return
    for user in listed:
        click.echo("\t".join(map(str, user)))


def _all_users(role: str | None) -> Iterator[tuple[Any, ...]]:
    cursor: str | None = None
    while True:
        page = services.list_profiles(Paging(cursor, SIZE_MAX), role=role)
        yield from (tuple(getattr(user, name) for name in COLUMNS) for user in page.items)
        cursor = page.next_cursor
        if cursor is None:
            return


@users.command("set-role")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@plain_refusals
@examples("flask users set-role grace@example.org instructor")
def set_role(email: str, role: str) -> None:
    """Give the account EMAIL another ROLE.

    It acts at once.
    """
    standing.set_role(services.get_user_by_email(email).id, role)
    db.session.commit()
    click.echo(f"{email} is now {'an' if role[0] in 'ai' else 'a'} {role}.")


@users.command("deactivate")
@click.argument("email")
@plain_refusals
@examples("flask users deactivate mallory@example.org")
def deactivate(email: str) -> None:
    """Lock the account EMAIL out at once.

    Nothing is erased.
    """
    standing.set_status(services.get_user_by_email(email).id, DEACTIVATED)
    db.session.commit()
    click.echo(f"{email} is deactivated.")


@users.command("activate")
@click.argument("email")
@plain_refusals
@examples("flask users activate mallory@example.org")
def activate(email: str) -> None:
    """Let the account EMAIL in again."""
    standing.set_status(services.get_user_by_email(email).id, ACTIVE)
    db.session.commit()
    click.echo(f"{email} is active.")


@users.command("development-accounts")
@plain_refusals
@examples("flask users development-accounts")
def development_accounts() -> None:
    """Make one account of each role for development.

    Prints their passwords, which follow from SECRET_KEY, so running this again prints the
    same ones.
    """
    if current_app.config["ENVIRONMENT"] == "production":
        raise click.ClickException("Development accounts are refused in production.")
    for role in ROLES:
        email, password = f"{role}@example.org", _development_password(role)
        services.ensure_user(role.capitalize(), email, password, role)
        click.echo(f"  {role:<11} {email:<24} {password}")
    db.session.commit()


def _development_password(role: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    digest = hmac.digest(secret, f"development account: {role}".encode(), hashlib.sha256)
    return base64.b32encode(digest)[:16].decode().lower()
