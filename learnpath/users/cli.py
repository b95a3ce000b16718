"""`flask users …`: administer accounts from the command line."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

import click
import marshmallow as ma
from flask import current_app
from flask.cli import AppGroup

from ..commands import plain_refusals
from ..errors import InvalidInput
from ..extensions import db
from ..pages import SIZE_MAX, Paging
from ..permissions import ADMIN, ROLES
from . import services, standing
from .models import ACTIVE, DEACTIVATED
from .schemas import RegistrationSchema

users = AppGroup("users", help="Administer accounts.")


@users.command("create-admin")
@click.argument("email")
@click.option("--name", default="Administrator", show_default=True, help="The person's name.")
@click.option("--generate-password", is_flag=True, help="Make a password and print it once.")
@plain_refusals
def create_admin(email: str, name: str, generate_password: bool) -> None:
    """Make an account for the administrator EMAIL; asks for the password."""
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
def list_users(role: str | None) -> None:
    """Print every account: id, role, status, email address and name."""
    cursor: str | None = None
    while True:
        page = services.list_profiles(Paging(cursor, SIZE_MAX), role=role)
        for user in page.items:
            click.echo(f"{user.id}\t{user.role}\t{user.status}\t{user.email}\t{user.name}")
        cursor = page.next_cursor
        if cursor is None:
            return


@users.command("set-role")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@plain_refusals
def set_role(email: str, role: str) -> None:
    """Give the account EMAIL another ROLE; it acts at once."""
    standing.set_role(services.get_user_by_email(email).id, role)
    db.session.commit()
    click.echo(f"{email} is now {'an' if role[0] in 'ai' else 'a'} {role}.")


@users.command("deactivate")
@click.argument("email")
@plain_refusals
def deactivate(email: str) -> None:
    """Lock the account EMAIL out, at once; nothing is erased."""
    standing.set_status(services.get_user_by_email(email).id, DEACTIVATED)
    db.session.commit()
    click.echo(f"{email} is deactivated.")


@users.command("activate")
@click.argument("email")
@plain_refusals
def activate(email: str) -> None:
    """Let the account EMAIL in again."""
    standing.set_status(services.get_user_by_email(email).id, ACTIVE)
    db.session.commit()
    click.echo(f"{email} is active.")


@users.command("development-accounts")
@plain_refusals
def development_accounts() -> None:
    """Make a learner, an instructor and an admin for development, and print their passwords.

    The passwords follow from SECRET_KEY, so running this again prints the same ones.
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
