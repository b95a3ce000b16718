"""Clients that send requests at the same instant: threads, or processes on SQLite.

Run as a program, this module is one of those processes: it reads a line of requests and writes a
line of responses.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, NamedTuple

from flask import Flask

from learnpath import create_app
from learnpath.enrollments import signals as enrollment_signals
from learnpath.progress import signals as progress_signals
from tests.cast import Person
from tests.client import PREFIX
from tests.concurrency import run_concurrently

THREADS = 8
PROCESSES = 3
START_DELAY = 0.01  # seconds for every process to read its line
SIGNALS = (
    progress_signals.module_completed,
    enrollment_signals.path_completed,
    enrollment_signals.enrolled,
)


class Request(NamedTuple):
    """A request of one client."""

    token: str
    method: str
    url: str
    json: Any = None


class Responses(NamedTuple):
    """The responses in the order of the requests, and the signals in any order."""

    statuses: list[int]
    bodies: list[Any]
    signals: list[list[Any]]  # [name, path or module]

    def times(self, name: str, subject: str) -> int:
        """Return how often a signal was sent about a path or a module."""
        return self.signals.count([name, subject])


def ask(who: Person, method: str, url: str, body: Any = None) -> Request:
    return Request(who.token, method, PREFIX + url, body)


class Threads:
    """Clients in threads of this process."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def send(self, requests: Sequence[Request]) -> Responses:
        size = min(THREADS, len(requests))
        shares = [requests[number::size] for number in range(size)]
        with recorded_signals() as signals:
            parts = run_concurrently(*[partial(send_all, self.app, share) for share in shares])
        return merge(len(requests), parts, signals)

    def close(self) -> None:
        """Nothing is left open."""


class Processes:
    """Clients in processes, each with its own app on the same file."""

    def __init__(self, settings: dict[str, Any]) -> None:
        command = [sys.executable, "-m", "tests.progress.concurrent_clients", json.dumps(settings)]
        self.processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(PROCESSES)
        ]
        for process in self.processes:
            assert process.stdout.readline() == "ready\n"

    def send(self, requests: Sequence[Request]) -> Responses:
        size = min(PROCESSES, len(requests))
        processes = self.processes[:size]
        start = time.time() + START_DELAY
        for number, process in enumerate(processes):
            process.stdin.write(json.dumps([start, requests[number::size]]) + "\n")
            process.stdin.flush()
        outputs = [json.loads(process.stdout.readline()) for process in processes]
        signals = [signal for output in outputs for signal in output["signals"]]
        return merge(len(requests), [output["responses"] for output in outputs], signals)

    def close(self) -> None:
        for process in self.processes:
            process.stdin.close()
            process.wait(10)
            process.stdout.close()


def merge(size: int, parts: Sequence[Sequence[Any]], signals: list[list[Any]]) -> Responses:
    """Put the responses back into the order of the requests."""
    responses: list[Any] = [None] * size
    for number, part in enumerate(parts):
        responses[number :: len(parts)] = part
    statuses, bodies = ([response[index] for response in responses] for index in (0, 1))
    return Responses(statuses, bodies, signals)


def send_all(app: Flask, requests: Sequence[Request]) -> list[tuple[int, Any]]:
    return [send(app, request) for request in requests]


def send(app: Flask, request: Request) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {request.token}"}
    response = app.test_client().open(
        request.url, method=request.method, headers=headers, json=request.json
    )
    return response.status_code, response.get_json(silent=True)


@contextmanager
def recorded_signals() -> Iterator[list[list[Any]]]:
    """Record every signal that is sent in the block."""
    recorded: list[list[Any]] = []

    def listener(name: str) -> Any:
        def record(_sender: Any, **values: Any) -> None:
            recorded.append([name, values.get("path", values.get("module"))])

        return record

    with ExitStack() as stack:
        for signal in SIGNALS:
            stack.enter_context(signal.connected_to(listener(signal.name)))
        yield recorded


def main() -> None:
    """Answer one line of requests after the other until the input ends."""
    app = create_app(json.loads(sys.argv[1]))
    print("ready", flush=True)
    for line in sys.stdin:
        start, requests = json.loads(line)
        time.sleep(max(0, start - time.time()))
        with recorded_signals() as signals:
            responses = send_all(app, [Request(*request) for request in requests])
        print(json.dumps({"responses": responses, "signals": signals}), flush=True)


if __name__ == "__main__":
    main()
