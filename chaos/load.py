"""Learners who report all the time, note what was acknowledged, and look it up afterwards."""

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
from learnpath.extensions import db
from learnpath.paths.models import Module
from tests.cast import Person
from tests.conftest import SETTINGS
from tests.make import Make

MODULES = 3000  # more than one learner can report in one trial
TIMEOUT = 20.0  # seconds a client waits; whoever waits so long has met a hang
NOTHING = 0  # the status of a request that got no answer
# A connection for each request: none that is reused while the other end is closing it.
CLIENT = httpx.Client(timeout=TIMEOUT, limits=httpx.Limits(max_keepalive_connections=0))


class Answer(NamedTuple):
    """What came of one request: when it was sent, how long it took, and what it said."""

    sent: float
    seconds: float
    status: int
    says_when: bool  # to come again: Retry-After

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_clean(self) -> bool:
        """Tell whether the client knows what to do: nothing, or come again later."""
        return self.is_success or (self.status == 503 and self.says_when)


@dataclass
class Learner:
    """One who reports module after module: one alone, then two in a batch, then one alone …"""

    person: Person
    url: str
    retries: bool  # whether to repeat a report until it is acknowledged
    answers: list[Answer] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    given_up: int = 0

    def report_until(self, end: threading.Event, pause: float) -> None:
        """Go on to the `end`; `pause` is the seconds between two reports."""
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
            answer = ask("POST", self.url + path, self.person, body)
            self.answers.append(answer)
            if answer.is_success:
                self.acknowledged.update(slugs)
                return
            time.sleep(0.1)
            if time.monotonic() > deadline:
                self.given_up += 1
                return

    def completed(self) -> set[str]:
        """Return the modules that this learner has completed, as the service tells."""
        me = CLIENT.get(f"{self.url}/api/v1/users/me", headers=bearer(self.person))
        return {
            slug for slug, is_done in me.raise_for_status().json()["progress"].items() if is_done
        }


def report_of(slugs: tuple[str, ...]) -> tuple[str, object]:
    """Return where and what to post: a plain report of one module, or a batch of events."""
    if len(slugs) == 1:
        return "/api/v1/users/me/progress", {"module_id": slugs[0], "completed": True}
    moment = clock.now().isoformat()
    return "/api/v1/users/me/progress/events", [
        {"id": f"event-{slug}", "module_id": slug, "occurred_at": moment, "status": "completed"}
        for slug in slugs
    ]


def ask(method: str, url: str, person: Person, body: object = None) -> Answer:
    sent = time.monotonic()
    try:
        answer = CLIENT.request(method, url, json=body, headers=bearer(person))
    except httpx.TransportError:
        return Answer(sent, time.monotonic() - sent, NOTHING, says_when=False)
    says_when = "Retry-After" in answer.headers
    return Answer(sent, time.monotonic() - sent, answer.status_code, says_when)


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


@dataclass
class Outcome:
    """What a crowd of learners met, and what of it was still there afterwards."""

    answers: list[Answer]
    acknowledged: int
    lost: int  # acknowledged and not found
    halves: int  # batches of which one half was found
    given_up: int  # reports never acknowledged, however often they were repeated

    @property
    def dirty(self) -> list[Answer]:
        return [answer for answer in self.answers if not answer.is_clean]

    @property
    def longest(self) -> float:
        return max(answer.seconds for answer in self.answers)

    @property
    def statuses(self) -> str:
        """Say how often each status came: `200 ×1234, 503 ×5`."""
        counts = Counter(answer.status for answer in self.answers)
        return ", ".join(f"{status or 'cut'} ×{n}" for status, n in sorted(counts.items()))

    def seconds_to_success(self, moment: float) -> float:
        """Return the seconds from `moment` to the first success that ended after it."""
        ends = [answer.sent + answer.seconds for answer in self.answers if answer.is_success]
        return min((end for end in ends if end > moment), default=float("inf")) - moment


class Crowd:
    """Learners with accounts who are yet to report anything."""

    def __init__(self, database_url: str, size: int) -> None:
        """Migrate the database, and make modules and accounts."""
        app = create_app({**SETTINGS, "DATABASE_URL": database_url})
        with app.app_context():
            upgrade()
            modules = (
                Module(slug=f"m{number}", title="M", status="published")
                for number in range(MODULES)
            )
            db.session.add_all(modules)
            db.session.commit()
        self._fresh = iter([Make(app).user(f"learner{number}") for number in range(size)])
        with app.app_context():
            db.engine.dispose()

    def take(self, count: int) -> list[Person]:
        """Return learners who have not reported yet."""
        return [next(self._fresh) for _ in range(count)]

    @contextmanager
    def reporting(
        self, *urls: str, size: int = 6, retries: bool = False, pause: float = 0.01
    ) -> Iterator[list[Learner]]:
        """Let `size` new learners report to the `urls` in turn, as long as the block lasts."""
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


def look_up(learners: Sequence[Learner], url: str) -> Outcome:
    """Ask at `url` for everything that the learners were told is kept."""
    lost = halves = 0
    for learner in learners:
        learner.url = url
        completed = learner.completed()
        lost += len(learner.acknowledged - completed)
        halves += sum((one in completed) != (two in completed) for one, two in learner.pairs)
    return Outcome(
        [answer for learner in learners for answer in learner.answers],
        sum(len(learner.acknowledged) for learner in learners),
        lost, halves, sum(learner.given_up for learner in learners),
    )  # fmt: skip
