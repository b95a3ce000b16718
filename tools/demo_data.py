"""A running service on a temporary database with demonstration data."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
LEARNERS = 48


@dataclass(frozen=True)
class Demonstration:
    """The URL of the service, and the password of each development account by role."""

    url: str
    passwords: dict[str, str]


@contextmanager
def demonstration(learners: int = LEARNERS) -> Iterator[Demonstration]:
    """Start the service with a class of fake learners; stop it at the end."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {
            **os.environ,
            "ENVIRONMENT": "development",
            "SECRET_KEY": "for a demonstration that lasts a minute",
            "DATABASE_URL": f"sqlite:///{folder}/demonstration.db",
            "PORT": str(port),
            "LOG_LEVEL": "ERROR",
        }
        _flask(environment, "db", "upgrade")
        _flask(environment, "seed")
        accounts = _flask(environment, "users", "development-accounts")
        _flask(environment, "seed", "--demo", str(learners))
        passwords = dict(re.findall(r"(\w+)@example\.org\s+(\S+)", accounts))
        command = [sys.executable, "-m", "gunicorn", "-c", "python:learnpath.server", "wsgi:app"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, server)
            yield Demonstration(url, passwords)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def _flask(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "flask", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The service did not start.")
