"""A client that speaks as somebody and says what it expects."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from .cast import Person

PREFIX = "/api/v1"


class Api:
    """`api.as_(alice).post("/users/me/progress", {…}, expect=200)` returns the JSON body.

    Addresses under `/api/v1` are written without it; `url` alone is for the others.
    The whole last answer is in `last`.
    """

    def __init__(self, app: Flask, person: Person | None = None) -> None:
        self.app = app
        self.person = person
        self.last: TestResponse | None = None

    def as_(self, person: Person) -> Api:
        return Api(self.app, person)

    def get(self, url: str, expect: int = 200, **more: Any) -> Any:
        return self._ask("GET", url, None, expect, more)

    def post(self, url: str, json: Any = None, expect: int = 200, **more: Any) -> Any:
        return self._ask("POST", url, json, expect, more)

    def put(self, url: str, json: Any = None, expect: int = 200, **more: Any) -> Any:
        return self._ask("PUT", url, json, expect, more)

    def patch(self, url: str, json: Any = None, expect: int = 200, **more: Any) -> Any:
        return self._ask("PATCH", url, json, expect, more)

    def delete(self, url: str, expect: int = 204, **more: Any) -> Any:
        return self._ask("DELETE", url, None, expect, more)

    def status_of(self, method: str, url: str, json: Any = None) -> int:
        """Ask, and return the status: for races, where more than one answer is right."""
        return self.answer_to(method, url, json).status_code

    def answer_to(self, method: str, url: str, json: Any = None) -> TestResponse:
        """Ask, and return the whole answer, whatever it is."""
        headers = {"Authorization": f"Bearer {self.person.token}"} if self.person else {}
        return self.app.test_client().open(PREFIX + url, method=method, headers=headers, json=json)

    def _ask(self, method: str, url: str, json: Any, expect: int, more: dict[str, Any]) -> Any:
        headers = dict(more.pop("headers", {}))
        if self.person:
            headers.setdefault("Authorization", f"Bearer {self.person.token}")
        if json is not None:
            more["json"] = json
        self.last = self.app.test_client().open(
            PREFIX + url, method=method, headers=headers, **more
        )
        body = self.last.get_data(as_text=True)
        assert self.last.status_code == expect, f"{method} {url}: {self.last.status} {body}"
        return self.last.get_json(silent=True) if body else None
