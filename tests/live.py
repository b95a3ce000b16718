"""A real server: gunicorn as an operator starts it, on a free port of this machine."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from learnpath.config import PROJECT_ROOT
from learnpath.config import SETTINGS as TABLE

from .conftest import SETTINGS

COMMAND = [sys.executable, "-m", "gunicorn", "-c", "python:learnpath.server", "wsgi:app"]


def environment(**settings: object) -> dict[str, str]:
    """Return the environment of a production server: our settings and nobody else's."""
    ours = {
        **{setting.name: "" for setting in TABLE},  # empty means the default, whatever .env says
        "ENVIRONMENT": "production",
        "SECRET_KEY": SETTINGS["SECRET_KEY"],
        "PASSWORD_HASH_MEMORY_KIB": SETTINGS["PASSWORD_HASH_MEMORY_KIB"],
        "PASSWORD_HASH_PASSES": SETTINGS["PASSWORD_HASH_PASSES"],
        "WEB_CONCURRENCY": 2,
        "SHUTDOWN_DELAY": 0,
        **settings,
    }
    return {**os.environ, **{name: str(value) for name, value in ours.items()}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running gunicorn with two workers."""

    def __init__(
        self,
        database_url: str,
        log: Path,
        application: str = "wsgi:app",
        root: Path = PROJECT_ROOT,
        **settings: object,
    ) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*COMMAND[:-1], application], cwd=root, stdout=output, stderr=output,
                env=environment(PORT=port, DATABASE_URL=database_url, **settings),
            )  # fmt: skip
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                httpx.get(self.url)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                if len(self.workers) == 2:
                    return
        raise RuntimeError(f"gunicorn did not start:\n{self.log.read_text()}")

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers, as gunicorn's log tells them."""
        return [int(pid) for pid in re.findall(r"pid: (\d+)", self.log.read_text())]

    def stop(self) -> int:
        """Ask the server to end, as an operator does; return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)
