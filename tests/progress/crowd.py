"""Many requests at the same instant: threads on PostgreSQL, several processes on SQLite.

Run as a program, it is one of those processes: a line of requests in, a line of answers out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from flask import Flask

from learnpath import create_app
from learnpath.enrollments import signals as enrollment_signals
from learnpath.progress import signals as progress_signals
from tests.api import PREFIX
from tests.cast import Person

SIZE = 8  # threads
PROCESSES = 3
HEAD_START = 0.01  # seconds for every process to read its line
ANNOUNCEMENTS = (
    progress_signals.module_completed,
    enrollment_signals.path_completed,
    enrollment_signals.enrolled,
)


class Ask(NamedTuple):
    """What somebody asks of the service."""

    token: str
    method: str
    url: str
    json: Any = None


class Answers(NamedTuple):
    """What they got, in the order of asking, and what was announced meanwhile, in any."""

    statuses: list[int]
    bodies: list[Any]
    announced: list[list[Any]]  # [name, path or module]

    def times(self, name: str, what: str) -> int:
        """Say how often something was announced."""
        return self.announced.count([name, what])


def ask(who: Person, method: str, url: str, body: Any = None) -> Ask:
    return Ask(who.token, method, PREFIX + url, body)


class Threads:
    """A crowd inside this process."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def at_once(self, asks: Sequence[Ask]) -> Answers:
        size = min(SIZE, len(asks))
        ready = threading.Barrier(size)
        shares = [asks[number::size] for number in range(size)]

        def work(share: Sequence[Ask]) -> list[tuple[int, Any]]:
            ready.wait()
            return [send(self.app, one) for one in share]

        with heard() as announced, ThreadPoolExecutor(size) as pool:
            parts = list(pool.map(work, shares))
        return gather(len(asks), parts, announced)

    def close(self) -> None:
        """Nothing stays behind."""


class Processes:
    """A crowd of processes, each with an application of its own on the same file."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.members = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.progress.crowd", json.dumps(settings)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for _ in range(PROCESSES)
        ]  # fmt: skip
        for member in self.members:
            assert member.stdout.readline() == "ready\n"

    def at_once(self, asks: Sequence[Ask]) -> Answers:
        size = min(PROCESSES, len(asks))
        members = self.members[:size]
        start = time.time() + HEAD_START
        for number, member in enumerate(members):
            member.stdin.write(json.dumps([start, asks[number::size]]) + "\n")
            member.stdin.flush()
        told = [json.loads(member.stdout.readline()) for member in members]
        announced = [each for one in told for each in one["announced"]]
        return gather(len(asks), [one["answers"] for one in told], announced)

    def close(self) -> None:
        for member in self.members:
            member.stdin.close()
            member.wait(10)
            member.stdout.close()


def gather(count: int, parts: Sequence[Sequence[Any]], announced: list[list[Any]]) -> Answers:
    """Put the answers back into the order in which they were asked for."""
    answers: list[Any] = [None] * count
    for number, part in enumerate(parts):
        answers[number :: len(parts)] = part
    statuses, bodies = ([answer[index] for answer in answers] for index in (0, 1))
    return Answers(statuses, bodies, announced)


def send(app: Flask, one: Ask) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {one.token}"}
    answer = app.test_client().open(one.url, method=one.method, headers=headers, json=one.json)
    return answer.status_code, answer.get_json(silent=True)


@contextmanager
def heard() -> Iterator[list[list[Any]]]:
    """Note every announcement."""
    announced: list[list[Any]] = []

    def listener(name: str) -> Any:
        def note(_sender: Any, **facts: Any) -> None:
            announced.append([name, facts.get("path", facts.get("module"))])

        return note

    with ExitStack() as stack:
        for signal in ANNOUNCEMENTS:
            stack.enter_context(signal.connected_to(listener(signal.name)))
        yield announced


def main() -> None:
    """Answer one line of requests after the other, until there are no more."""
    app = create_app(json.loads(sys.argv[1]))
    print("ready", flush=True)
    for line in sys.stdin:
        start, asks = json.loads(line)
        time.sleep(max(0, start - time.time()))
        with heard() as announced:
            answers = [send(app, Ask(*one)) for one in asks]
        print(json.dumps({"answers": answers, "announced": announced}), flush=True)


if __name__ == "__main__":
    main()
