"""A client of the API that sends requests as a user and checks the status."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from .cast import Person

PREFIX = "/api/v1"


class Api:
    """`api.as_(alice).post("/users/me/progress", {…}, expect=200)` returns the JSON body.

    URLs are relative to `/api/v1`. The last response is in `last`.
    """

    def __init__(self, app: Flask, person: Person | None = None) -> None:
        self.app = app
        self.person = person
        self.last: TestResponse | None = None

    def as_(self, person: Person) -> Api:
        return Api(self.app, person)

    def get(self, url: str, expect: int = 200, **more: Any) -> Any:
        return self._send("GET", url, None, expect, more)

    def post(self, url: str, json: Any = None, expect: int = 200, **more: Any) -> Any:
        return self._send("POST", url, json, expect, more)

    def put(self, url: str, json: Any = None, expect: int = 200, **more: Any) -> Any:
        return self._send("PUT", url, json, expect, more)

    def patch(self, url: str, json: Any = None, expect: int = 200, **more: Any) -> Any:
        return self._send("PATCH", url, json, expect, more)

    def delete(self, url: str, expect: int = 204, **more: Any) -> Any:
        return self._send("DELETE", url, None, expect, more)

    def status_of(self, method: str, url: str, json: Any = None) -> int:
        """Send a request and return the status: for races, where several are right."""
        return self.answer_to(method, url, json).status_code

    def answer_to(self, method: str, url: str, json: Any = None) -> TestResponse:
        """Send a request and return the response, whatever its status."""
        headers = {"Authorization": f"Bearer {self.person.token}"} if self.person else {}
        return self.app.test_client().open(PREFIX + url, method=method, headers=headers, json=json)

    def _send(self, method: str, url: str, json: Any, expect: int, more: dict[str, Any]) -> Any:
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
