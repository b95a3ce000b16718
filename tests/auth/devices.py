"""Logging in from a device, and speaking with what the login gave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jwt
import sqlalchemy as sa
from flask import Flask

from learnpath.auth.models import Session
from learnpath.db import db

from ..cast import Person
from ..client import Api

Tokens = dict[str, Any]


def log_in(api: Api, person: Person, device: str = "", **more: Any) -> Tokens:
    credentials = {"email": person.email, "password": person.password}
    return api.post("/users/login", credentials, headers={"User-Agent": device}, **more)


def refresh(api: Api, tokens: Tokens, expect: int = 200) -> Tokens:
    return api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, expect=expect)


def on_device(api: Api, person: Person, tokens: Tokens) -> Api:
    """Speak as `person` with the access token among `tokens`."""
    return api.as_(replace(person, token=tokens["access_token"]))


def count_sessions(app: Flask, person: Person) -> int:
    with app.app_context():
        sessions = sa.select(sa.func.count()).where(Session.user_id == person.id)
        return db.session.scalar(sessions) or 0


def session_id(tokens: Tokens) -> int:
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    return int(claims["sid"])
