"""One database under load: the requests, and how they are sent."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from . import environment
from .environment import ADMIN, PASSWORD, Environment, Server
from .figures import Result, Slice

HERE = Path(__file__).resolve().parent
ACTIVE_USERS = 2000  # send the requests; the others only fill the tables
LOAD_THREADS, CONNECTIONS = 2, 16
WARM_UP = 3  # slices: until each worker has verified every token and compiled every statement


class Bench:
    """One database under load."""

    def __init__(
        self, on: Environment, database: str, seconds: float, slices: int, folder: Path
    ) -> None:
        self.on, self.database = on, database
        self.seconds, self.slices, self.folder = seconds, slices, folder
        self.users = list(range(1, ACTIVE_USERS + 1))
        self.tokens = dict(zip(self.users, environment.access_tokens(self.users), strict=True))

    def share(self, workload: str, lines: list[str]) -> Result:
        """Measure the service and the baseline in turn."""
        assert self.on.baseline
        result = Result(workload, self.database)
        file = self.file(workload, lines)
        for server in (self.on.baseline, self.on.service):
            self.burst(server, file, WARM_UP * self.seconds)
        for _ in range(self.slices):
            result.baseline.append(self.burst(self.on.baseline, file))
            result.service.append(self.burst(self.on.service, file))
        return result

    def alone(self, workload: str, lines: list[str], connections: int = CONNECTIONS) -> Result:
        """Measure the service only."""
        result = Result(workload, self.database)
        file = self.file(workload, lines)
        self.burst(self.on.service, file, 1.0, connections)
        for _ in range(self.slices):
            result.service.append(self.burst(self.on.service, file, None, connections))
        return result

    def burst(
        self,
        server: Server,
        file: Path,
        seconds: float | None = None,
        connections: int = CONNECTIONS,
    ) -> Slice:
        before = self.on.cpu_seconds(server)
        burst = drive(server.url, file, seconds or self.seconds, connections)
        spent = self.on.cpu_seconds(server) - before
        burst.cpu_us = spent / max(burst.requests, 1) * 1e6
        return burst

    def settle(self, server: Server) -> None:
        """Wait until a server has finished the requests of clients that have gone."""
        before = -1.0
        while (now := self.on.cpu_seconds(server)) != before:
            before = now
            time.sleep(0.2)

    def file(self, name: str, lines: list[str]) -> Path:
        file = self.folder / f"{name}.requests"
        file.write_text("\n".join(lines) + "\n")
        return file

    def me(self) -> list[str]:
        return [line("GET", "/users/me", token) for token in self.tokens.values()]

    def report(self) -> list[str]:
        """Half of the requests change something, and half of those complete a module.

        Requests about the same learner are far apart, so that they arrive in this order.
        """
        bodies = [json.dumps({"module_id": "m1", "completed": done}) for done in (True, False)]
        return [
            line("POST", "/users/me/progress", self.tokens[user], body)
            for part in range(0, len(self.users), 500)
            for body in (bodies[0], bodies[0], bodies[1], bodies[1])
            for user in self.users[part : part + 500]
        ]

    def page(self) -> list[str]:
        return [line("GET", "/users/?page_size=100", self.tokens[ADMIN])] * 100

    def login(self) -> list[str]:
        bodies = [
            json.dumps({"email": f"learner{user}@example.org", "password": PASSWORD})
            for user in self.users
        ]
        return [line("POST", "/users/login", "", body) for body in bodies]

    def mix(self) -> list[str]:
        """Twenty requests in a row: fourteen, four, one and one."""
        me, report, page, login = self.me(), self.report(), self.page(), self.login()
        lines = []
        for turn in range(400):
            lines += [me[(turn * 14 + one) % len(me)] for one in range(14)]
            lines += [report[(turn * 4 + one) % len(report)] for one in range(4)]
            lines += [page[0], login[turn % len(login)]]
        return lines


def line(method: str, address: str, token: str, body: str = "") -> str:
    return "\t".join((method, f"/api/v1{address}", token, body))


def drive(url: str, file: Path, seconds: float, connections: int = CONNECTIONS) -> Slice:
    """Send the requests of `file` for some seconds with wrk."""
    threads = min(LOAD_THREADS, connections)
    command = [
        "wrk",
        f"-t{threads}",
        f"-c{connections}",
        f"-d{round(seconds)}s",
        "--timeout",
        "10s",
    ]
    command += ["-s", str(HERE / "load.lua"), url, "--", str(file), str(threads)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    row = next(row for row in output.splitlines() if row.startswith("RESULT")).split()
    requests, micros, errors, p50, p99 = (float(word) for word in row[1:])
    return Slice(int(requests), micros / 1e6, int(errors), p50 / 1000, p99 / 1000)
