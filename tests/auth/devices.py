"""Logging in from a device, and speaking with what the login gave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..api import Api
from ..cast import Person

Tokens = dict[str, Any]


def log_in(api: Api, person: Person, device: str = "", **more: Any) -> Tokens:
    credentials = {"email": person.email, "password": person.password}
    return api.post("/users/login", credentials, headers={"User-Agent": device}, **more)


def refresh(api: Api, tokens: Tokens, expect: int = 200) -> Tokens:
    return api.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, expect=expect)


def on_device(api: Api, person: Person, tokens: Tokens) -> Api:
    """Speak as `person` with the access token among `tokens`."""
    return api.as_(replace(person, token=tokens["access_token"]))
