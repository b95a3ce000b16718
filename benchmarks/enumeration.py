"""Does the time of an answer tell who has an account? `python -m benchmarks.enumeration`

Starts the service with the settings of production and asks it for logins and for resets, in
random order, for people who have an account and for others who have none. For each pair of
kinds it prints in how many rounds the first took longer than the second, and by how much, with
95 % intervals: of what chance alone does to that share, and of the differences (bootstrap).
A password takes as long for everybody, but never quite; `--cheap-hashes` shows what is around it.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

from tests.postgres import ThrowAwayServer

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery"
ACCOUNTS = 20  # the even ones have logged in from here before
RESAMPLES = 1000
NEVER = "1000000 per hour"  # counted, never refused

Client = http.client.HTTPConnection
Times = dict[str, list[float]]
Pairs = list[tuple[float, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60, help="for each question (there are 3)")
    parser.add_argument("--postgresql", action="store_true", help="instead of a SQLite file")
    parser.add_argument("--cheap-hashes", action="store_true", help="see what else differs")
    wanted = parser.parse_args()
    with running_service(wanted.postgresql, wanted.cheap_hashes) as client:
        for number in range(ACCOUNTS):
            account = {"name": "Learner", "email": known(number), "password": PASSWORD}
            ask(client, "/users/register", account, 201)
        for number in range(0, ACCOUNTS, 2):
            ask(client, "/users/login", {"email": known(number), "password": PASSWORD}, 200)
        for question, kinds in QUESTIONS.items():
            compare(question, sample(client, kinds, wanted.seconds))


def known(number: int) -> str:
    return f"learner{number % ACCOUNTS}@example.org"


def unknown(number: int) -> str:
    return f"stranger{number % ACCOUNTS}@example.org"


def wrong_login(client: Client, email: str) -> float:
    return ask(client, "/users/login", {"email": email, "password": "wrong guess"}, 401)


def forget(client: Client, email: str) -> float:
    return ask(client, "/auth/password/forgot", {"email": email}, 202)


def after_forgetting(client: Client, email: str) -> float:
    """Return how long the next request takes, while the letter may be on its way."""
    forget(client, email)
    return ask(client, "/auth/refresh", {"refresh_token": "none"}, 401)


QUESTIONS: dict[str, dict[str, Callable[[Client, int], float]]] = {
    "a login": {
        "a wrong password": lambda client, n: wrong_login(client, known(2 * n + 1)),
        "a wrong password where they have logged in": lambda client, n: wrong_login(
            client, known(2 * n)
        ),
        "an unknown address": lambda client, n: wrong_login(client, unknown(n)),
    },
    "a reset": {
        "a known address": lambda client, n: forget(client, known(n)),
        "an unknown address": lambda client, n: forget(client, unknown(n)),
    },
    "the request after a reset": {
        "a known address": lambda client, n: after_forgetting(client, known(n)),
        "an unknown address": lambda client, n: after_forgetting(client, unknown(n)),
    },
}


def ask(client: Client, url: str, body: object, expect: int) -> float:
    """Return the milliseconds from the request to the whole answer."""
    raw = json.dumps(body)
    started = time.perf_counter()
    client.request("POST", f"/api/v1{url}", raw, {"Content-Type": "application/json"})
    answer = client.getresponse()
    text = answer.read()
    duration = time.perf_counter() - started
    if answer.status != expect:
        sys.exit(f"{url} answered {answer.status}, not {expect}: {text.decode()}")
    return duration * 1000


def sample(
    client: Client, kinds: dict[str, Callable[[Client, int], float]], seconds: float
) -> Times:
    """Measure all kinds for so long, each round in another order, after some to warm up."""
    times: Times = {kind: [] for kind in kinds}
    client.close()  # the service has, too, while we were counting; the next request opens it
    for number in range(20):
        for measure in kinds.values():
            measure(client, number)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for kind in random.sample(list(kinds), len(kinds)):
            times[kind].append(kinds[kind](client, random.randrange(ACCOUNTS)))
    return times


def compare(question: str, times: Times) -> None:
    rounds = len(next(iter(times.values())))
    chance = 1.96 * 0.5 / rounds**0.5
    print(f"\nHow long {question} takes, {rounds} rounds")
    for kind, found in times.items():
        print(f"  {kind}: {statistics.median(found):.3f} ms, first decile {decile(found):.3f} ms")
    for one, other in combinations(times, 2):
        pairs = list(zip(times[one], times[other], strict=True))
        share = sum(a > b for a, b in pairs) / rounds
        median = interval(lambda some: statistics.median(a - b for a, b in some), pairs)
        deciles = interval(
            lambda some: decile([a for a, _ in some]) - decile([b for _, b in some]), pairs
        )
        print(f"  {one} – {other}:")
        print(f"    longer in {share:.1%} of the rounds, by chance in 50 ± {chance:.1%}")
        print(f"    median of the differences {median}, difference of the first deciles {deciles}")


def decile(values: list[float]) -> float:
    """Return a time that little else has disturbed."""
    return statistics.quantiles(values, n=10)[0]


def interval(statistic: Callable[[Pairs], float], pairs: Pairs) -> str:
    """Return the 95 % bootstrap interval of a statistic of the rounds."""
    found = sorted(statistic(random.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES))
    return f"{found[int(RESAMPLES * 0.025)]:+.3f} to {found[int(RESAMPLES * 0.975)]:+.3f} ms"


@contextlib.contextmanager
def database(postgresql: bool, folder: str) -> Iterator[str]:
    """Give the URL of an empty database."""
    if not postgresql:
        yield f"sqlite:///{folder}/learnpath.db"
        return
    server = ThrowAwayServer()
    try:
        yield server.url.render_as_string(hide_password=False)
    finally:
        server.stop()


@contextlib.contextmanager
def running_service(postgresql: bool, cheap_hashes: bool) -> Iterator[Client]:
    """Start gunicorn with one worker, and end it."""
    cheapest = {"PASSWORD_HASH_MEMORY_KIB": "8", "PASSWORD_HASH_PASSES": "1"}
    with tempfile.TemporaryDirectory() as folder, database(postgresql, folder) as url:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {
            **os.environ,
            "ENVIRONMENT": "production",
            "SECRET_KEY": secrets.token_hex(32),
            "DATABASE_URL": url,
            "MAIL_URL": f"file://{folder}/mail",
            "LOG_LEVEL": "WARNING",
            "WEB_CONCURRENCY": "1",
            "PORT": str(port),
            "LOGIN_FAILURES_PER_ACCOUNT": NEVER,
            "LOGIN_FAILURES_PER_ADDRESS": NEVER,
            "RESETS_PER_ACCOUNT": NEVER,
            **(cheapest if cheap_hashes else {}),
        }
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environment, check=True)
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "python:learnpath.server", "wsgi:app"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        service = subprocess.Popen(gunicorn, cwd=ROOT, env=environment, **quiet)
        try:
            yield connect(port)
        finally:
            service.terminate()
            service.wait(30)


def connect(port: int) -> Client:
    """Wait until the service answers; `timeout` bounds every later answer too."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    deadline = time.monotonic() + 30
    while True:
        try:
            client.connect()  # sends at once what it is given: TCP_NODELAY
            return client
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()
