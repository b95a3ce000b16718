"""`flask users …`: administer accounts from the command line."""

import base64
import hashlib
import hmac
import secrets

import click
import marshmallow as ma
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup

from .. import passwords
from ..cli import as_json, examples, handle_errors, print_json
from ..db import db, reads
from ..errors import InvalidInput
from ..permissions import ADMIN, ROLES
from . import roles, services
from .models import ACTIVE, DEACTIVATED, User
from .schemas import RegistrationSchema

users = AppGroup("users", help="Administer accounts.")


@users.command("create-admin")
@click.argument("email")
@click.option(
    "--name", default="Administrator", show_default=True, help="The administrator's name."
)
@click.option("--generate-password", is_flag=True, help="Generate a password and print it once.")
@handle_errors
@examples(
    "flask users create-admin ada@example.org",
    "flask users create-admin ada@example.org --name Ada --generate-password",
)
def create_admin(email: str, name: str, generate_password: bool) -> None:
    """Create the administrator EMAIL.

    Prompts for the password, unless --generate-password is given.
    """
    if generate_password:
        password = secrets.token_urlsafe(15)
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        account = RegistrationSchema().load({"name": name, "email": email, "password": password})
    except ma.ValidationError as error:
        raise InvalidInput(errors=error.messages_dict) from None
    user_id = services.register_user(**account, role=ADMIN)
    db.session.commit()
    click.echo(f"Created the administrator {account['email']} with id {user_id}.")
    if generate_password:
        click.echo(f"Password: {password}")


@users.command("list")
@click.option("--role", type=click.Choice(ROLES), help="Only users with this role.")
@as_json
@handle_errors
@examples("flask users list", "flask users list --role admin --json")
def list_users(role: str | None, as_json: bool) -> None:
    """Print every account, one per line.

    The columns are id, role, status, email address and name, separated by tabs.
    """
    accounts = sa.select(User.id, User.role, User.status, User.email, User.name).order_by(User.id)
    if role:
        accounts = accounts.where(User.role == role)
    rows = reads.all(accounts)
    if as_json:
        print_json([row._asdict() for row in rows])
        return
    for row in rows:
        click.echo("\t".join(map(str, row)))


@users.command("set-role")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@handle_errors
@examples("flask users set-role grace@example.org instructor")
def set_role(email: str, role: str) -> None:
    """Change the role of the account EMAIL to ROLE.

    The change takes effect at once.
    """
    roles.set_role(services.get_user_by_email(email).id, role)
    db.session.commit()
    click.echo(f"{email} is now {'an' if role[0] in 'ai' else 'a'} {role}.")


@users.command("deactivate")
@click.argument("email")
@handle_errors
@examples("flask users deactivate mallory@example.org")
def deactivate(email: str) -> None:
    """Deactivate the account EMAIL and end its sessions.

    Nothing is deleted.
    """
    roles.set_status(services.get_user_by_email(email).id, DEACTIVATED)
    db.session.commit()
    click.echo(f"{email} is deactivated.")


@users.command("activate")
@click.argument("email")
@handle_errors
@examples("flask users activate mallory@example.org")
def activate(email: str) -> None:
    """Activate the account EMAIL again."""
    roles.set_status(services.get_user_by_email(email).id, ACTIVE)
    db.session.commit()
    click.echo(f"{email} is active.")


@users.command("development-accounts")
@handle_errors
@examples("flask users development-accounts")
def development_accounts() -> None:
    """Create one account per role for development.

    Prints their passwords. They are derived from SECRET_KEY, so that running the command
    again prints the same ones.
    """
    if current_app.config["ENVIRONMENT"] == "production":
        raise click.ClickException("Development accounts are refused in production.")
    for role in ROLES:
        email, password = f"{role}@example.org", _development_password(role)
        _ensure_account(role.capitalize(), email, password, role)
        click.echo(f"  {role:<11} {email:<24} {password}")
    db.session.commit()


def _development_password(role: str) -> str:
    secret = current_app.config["SECRET_KEY"].encode()
    digest = hmac.digest(secret, f"development account: {role}".encode(), hashlib.sha256)
    return base64.b32encode(digest)[:16].decode().lower()


def _ensure_account(name: str, email: str, password: str, role: str) -> None:
    """Create the account, or set its role and password and activate it."""
    user = services.find_user_by_email(email)
    if user is None:
        services.register_user(name, email, password, role)
        return
    user.role, user.status = role, ACTIVE
    if not passwords.verify(password, user.password_hash):
        user.password_hash = passwords.hash_password(password)
    db.session.flush()
