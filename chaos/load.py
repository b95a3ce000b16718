"""Load: learners who report progress continuously, and the check of what was acknowledged."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import NamedTuple

import httpx
from flask_migrate import upgrade

from learnpath import clock, create_app
from learnpath.db import db
from learnpath.modules.models import Module
from tests.apps import SETTINGS
from tests.cast import Person
from tests.factories import Factory

MODULES = 3000  # more than a learner can report in one trial
TIMEOUT = 20.0  # seconds a client waits; a longer request counts as a hang
NO_RESPONSE = 0  # the status of a request without a response
# A new connection for each request: a kept one may be reused while the server closes it.
CLIENT = httpx.Client(timeout=TIMEOUT, limits=httpx.Limits(max_keepalive_connections=0))


class Answer(NamedTuple):
    """The response to one request: when it was sent, how long it took, and its status."""

    sent: float
    seconds: float
    status: int
    has_retry_after: bool

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_expected(self) -> bool:
        """Tell whether it is a success or a 503 with Retry-After."""
        return self.is_success or (self.status == 503 and self.has_retry_after)


@dataclass
class Learner:
    """Reports module after module: one alone, then two in a batch, then one alone …"""

    person: Person
    url: str
    retries: bool  # whether to repeat a report until it is acknowledged
    answers: list[Answer] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    given_up: int = 0

    def report_until(self, end: threading.Event, pause: float) -> None:
        """Report until `end` is set, with `pause` seconds between two reports."""
        slugs = (f"m{number}" for number in range(MODULES))
        for size in cycle((1, 2)):
            if end.is_set():
                return
            self.report(tuple(next(slugs) for _ in range(size)))
            end.wait(pause)

    def report(self, slugs: tuple[str, ...]) -> None:
        path, body = report_of(slugs)
        if len(slugs) == 2:
            self.pairs.append((slugs[0], slugs[1]))
        deadline = time.monotonic() + (TIMEOUT if self.retries else 0)
        while True:
            answer = send("POST", self.url + path, self.person, body)
            self.answers.append(answer)
            if answer.is_success:
                self.acknowledged.update(slugs)
                return
            time.sleep(0.1)
            if time.monotonic() > deadline:
                self.given_up += 1
                return

    def completed(self) -> set[str]:
        """Return the modules that this learner has completed according to the service."""
        me = CLIENT.get(f"{self.url}/api/v1/users/me", headers=bearer(self.person))
        return {
            slug for slug, is_done in me.raise_for_status().json()["progress"].items() if is_done
        }


def report_of(slugs: tuple[str, ...]) -> tuple[str, object]:
    """Return URL path and body: a plain report of one module, or a batch of events."""
    if len(slugs) == 1:
        return "/api/v1/users/me/progress", {"module_id": slugs[0], "completed": True}
    moment = clock.now().isoformat()
    return "/api/v1/users/me/progress/events", [
        {"id": f"event-{slug}", "module_id": slug, "occurred_at": moment, "status": "completed"}
        for slug in slugs
    ]


def send(method: str, url: str, person: Person, body: object = None) -> Answer:
    sent = time.monotonic()
    try:
        answer = CLIENT.request(method, url, json=body, headers=bearer(person))
    except httpx.TransportError:
        return Answer(sent, time.monotonic() - sent, NO_RESPONSE, has_retry_after=False)
    says_when = "Retry-After" in answer.headers
    return Answer(sent, time.monotonic() - sent, answer.status_code, says_when)


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


@dataclass
class Outcome:
    """The responses that learners got, and what was stored afterwards."""

    answers: list[Answer]
    acknowledged: int
    lost: int  # acknowledged but not stored
    partial: int  # batches of which only one half was stored
    given_up: int  # reports never acknowledged, in spite of retries

    @property
    def unexpected(self) -> list[Answer]:
        return [answer for answer in self.answers if not answer.is_expected]

    @property
    def max_latency(self) -> float:
        return max(answer.seconds for answer in self.answers)

    @property
    def statuses(self) -> str:
        """Return the number of responses by status: `200 ×1234, 503 ×5`."""
        counts = Counter(answer.status for answer in self.answers)
        return ", ".join(f"{status or 'cut'} ×{n}" for status, n in sorted(counts.items()))

    def seconds_to_success(self, moment: float) -> float:
        """Return the seconds from `moment` to the first success after it."""
        ends = [answer.sent + answer.seconds for answer in self.answers if answer.is_success]
        return min((end for end in ends if end > moment), default=float("inf")) - moment


class Crowd:
    """Learners with accounts but without reports."""

    def __init__(self, database_url: str, size: int) -> None:
        """Migrate the database, and create modules and accounts."""
        app = create_app({**SETTINGS, "DATABASE_URL": database_url})
        with app.app_context():
            upgrade()
            modules = (
                Module(slug=f"m{number}", title="M", status="published")
                for number in range(MODULES)
            )
            db.session.add_all(modules)
            db.session.commit()
        self._fresh = iter([Factory(app).user(f"learner{number}") for number in range(size)])
        with app.app_context():
            db.engine.dispose()

    def take(self, count: int) -> list[Person]:
        """Return learners who have not reported yet."""
        return [next(self._fresh) for _ in range(count)]

    @contextmanager
    def reporting(
        self, *urls: str, size: int = 6, retries: bool = False, pause: float = 0.01
    ) -> Iterator[list[Learner]]:
        """Let `size` new learners report to the `urls` in turn until the block ends."""
        learners = [
            Learner(person, url, retries)
            for person, url in zip(self.take(size), cycle(urls), strict=False)
        ]
        end = threading.Event()
        threads = [
            threading.Thread(target=learner.report_until, args=(end, pause)) for learner in learners
        ]
        for thread in threads:
            thread.start()
        try:
            yield learners
        finally:
            end.set()
            for thread in threads:
                thread.join()


def verify_reports(learners: Sequence[Learner], url: str) -> Outcome:
    """Verify at `url` that every acknowledged report is stored."""
    lost = partial = 0
    for learner in learners:
        learner.url = url
        completed = learner.completed()
        lost += len(learner.acknowledged - completed)
        partial += sum((one in completed) != (two in completed) for one, two in learner.pairs)
    return Outcome(
        [answer for learner in learners for answer in learner.answers],
        sum(len(learner.acknowledged) for learner in learners),
        lost, partial, sum(learner.given_up for learner in learners),
    )  # fmt: skip
