"""What every test is watched for: lost writes, undocumented answers, secrets in the log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request_finished, request_started
from flask import request as flask_request
from sqlalchemy import event

from learnpath.db import db

from .cast import PASSWORD, SECRET_KEY
from .log_leaks import LogWatcher, watch_logs
from .openapi_coverage import undocumented


@pytest.fixture(autouse=True)
def no_lost_writes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test where a 2xx answer left writes uncommitted, or a write went through `reads`."""
    if "session_app" not in request.fixturenames:
        yield
        return
    with lost_writes(request.getfixturevalue("session_app")) as faults:
        yield
    assert not faults


@contextmanager
def lost_writes(app: Flask) -> Iterator[list[str]]:
    """Note such writes while this is open."""
    with app.app_context():
        engine = db.engine
    of_this_thread = threading.local()  # several people may ask at once
    faults: list[str] = []

    def note_write(_cursor: Any, statement: str, _parameters: Any, context: Any) -> None:
        conn = context.root_connection
        if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            conn.info["uncommitted"] = statement
            if conn.get_execution_options().get("reads"):
                faults.append(f"a write went through reads: {statement}")

    def note_commit(conn: sa.Connection) -> None:
        conn.info.pop("uncommitted", None)

    def note_lost_race(context: Any) -> None:
        """What a deadlock undid is done again, or answered 503."""
        if str(getattr(context.original_exception, "sqlstate", "")).startswith("40"):
            context.connection.info.pop("uncommitted", None)

    def note_rollback(conn: sa.Connection) -> None:
        if conn.invalidated:  # by the server; then the response is no success
            return
        if statement := conn.info.pop("uncommitted", None):
            getattr(of_this_thread, "lost", []).append(statement)

    def start(_sender: Any, **_: Any) -> None:
        of_this_thread.lost = []

    def finish(_sender: Any, response: Any, **_: Any) -> None:
        if response.status_code < 300:
            faults.extend(f"never committed: {statement}" for statement in of_this_thread.lost)

    listeners = {
        "do_execute": note_write,
        "do_executemany": note_write,
        "handle_error": note_lost_race,
        "commit": note_commit,
        "rollback": note_rollback,
    }
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    with request_started.connected_to(start), request_finished.connected_to(finish):
        yield faults
    for name, listener in listeners.items():
        event.remove(engine, name, listener)


@pytest.fixture(autouse=True)
def no_undocumented_answers() -> Iterator[None]:
    """Fail a test in which an operation answered what the OpenAPI document does not tell."""
    faults: list[str] = []

    def finish(_sender: Any, response: Any, **_: Any) -> None:
        if fault := undocumented(flask_request, response):
            faults.append(fault)

    with request_finished.connected_to(finish):
        yield
    assert not faults


@pytest.fixture(autouse=True)
def logged() -> Iterator[LogWatcher]:
    """Fail a test in which a secret or an email address stands in a log line."""
    with watch_logs(SECRET_KEY, PASSWORD) as watch:
        yield watch
        leaks = watch.leaks()
    assert not leaks, "\n".join(leaks)
