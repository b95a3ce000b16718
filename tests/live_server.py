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

from learnpath.settings import PROJECT_ROOT, REMOVED
from learnpath.settings import SETTINGS as TABLE

from .apps import SETTINGS

COMMAND = [sys.executable, "-m", "gunicorn", "-c", "python:learnpath.server", "wsgi:app"]


def environment(**settings: object) -> dict[str, str]:
    """Return the environment of a production server: these settings, and defaults otherwise."""
    names = (*REMOVED, *(setting.name for setting in TABLE))
    ours = {
        **dict.fromkeys(names, ""),  # empty means the default, also where .env has another value
        "ENVIRONMENT": "production",
        "SECRET_KEY": SETTINGS["SECRET_KEY"],
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
    """A running gunicorn, with two workers unless WEB_CONCURRENCY says otherwise."""

    def __init__(
        self,
        database_url: str,
        log: Path,
        application: str = "wsgi:app",
        root: Path = PROJECT_ROOT,
        **settings: object,
    ) -> None:
        port = free_port()
        self.expected_workers = int(str(settings.get("WEB_CONCURRENCY", 2)))
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
                if len(self.workers) == self.expected_workers:
                    return
        raise RuntimeError(f"gunicorn did not start:\n{self.log.read_text()}")

    @property
    def workers(self) -> list[int]:
        """The process ids of all workers so far, the oldest first, from gunicorn's log."""
        booted = re.findall(r"Booting worker with pid: (\d+)", self.log.read_text())
        return [int(pid) for pid in booted]

    def stop(self) -> int:
        """Ask the server to end, as an operator does; return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)
