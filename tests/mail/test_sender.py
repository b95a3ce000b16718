"""A running service sends its mail by itself, after it has answered."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest

from learnpath.db import db
from learnpath.mail import services as mail

from ..live_server import free_port
from .servers import Postman, smtp_server


@contextmanager
def running(app, project_root, **settings):
    """A gunicorn on the database of `app`; gives its address."""
    port = free_port()
    service = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "python:learnpath.server", "wsgi:app"],
        cwd=project_root,
        stderr=subprocess.DEVNULL,
        env={
            **os.environ,
            "ENVIRONMENT": "testing",
            "SECRET_KEY": app.config["SECRET_KEY"],
            "DATABASE_URL": app.config["DATABASE_URL"].render_as_string(hide_password=False),
            "PORT": str(port),
            "WEB_CONCURRENCY": "1",
            **settings,
        },
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(20)


def wait_until(what, seconds=60):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def answers(url):
    try:
        return httpx.get(f"{url}/api/v1/users/me").status_code == 401
    except httpx.TransportError:
        return False


@pytest.fixture
def postman():
    return Postman()


@pytest.fixture
def service(app, postman, project_root):
    """A service with mail that finds one email of an earlier process in the queue."""
    with (
        smtp_server(postman) as port,
        running(app, project_root, MAIL_URL=f"smtp://127.0.0.1:{port}") as url,
    ):
        wait_until(lambda: answers(url))
        yield url


@pytest.fixture
def old_email(app, mailbox, mallory):
    with app.app_context():
        mail.queue("password-changed", mallory.email)
        db.session.commit()
    return mallory.email


@pytest.mark.exhaustive
def test_emails_leave_after_the_answer_and_old_ones_at_the_start(
    old_email, service, postman, alice
):
    wait_until(lambda: len(postman.emails) == 1)
    postman.door.clear()
    url = f"{service}/api/v1/auth/password/forgot"
    assert httpx.post(url, json={"email": alice.email}).status_code == 202
    assert len(postman.emails) == 1
    postman.door.set()
    wait_until(lambda: len(postman.emails) == 2)
    assert [email["To"] for email in postman.emails] == [old_email, alice.email]
