"""Does the response time reveal who has an account? `python -m benchmarks.enumeration`

Starts the service with production settings and sends logins and resets in random order, for
addresses with and without an account. For each pair of kinds it prints in how many rounds the
first took longer than the second, and by how much, with 95 % intervals: of that share under
chance alone, and of the differences (bootstrap). A password hash takes most of the time;
`--cheap-hashes` makes it short, to see the rest.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

from tests.live_server import free_port
from tests.postgres import ThrowAwayServer

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery"
ACCOUNTS = 20  # those with an even number have logged in from this address before
RESAMPLES = 1000
COUNT_ONLY = "1000000"  # a factor of the rates: counted, never refused
CHEAP_HASHES = {"PASSWORD_HASH_MEMORY_KIB": 8, "PASSWORD_HASH_PASSES": 1}

Client = http.client.HTTPConnection
Times = dict[str, list[float]]
Pairs = list[tuple[float, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60, help="for each of the 3 questions")
    parser.add_argument("--postgresql", action="store_true", help="instead of a SQLite file")
    parser.add_argument("--cheap-hashes", action="store_true", help="make the password hash short")
    options = parser.parse_args()
    with running_service(options.postgresql, options.cheap_hashes) as client:
        for number in range(ACCOUNTS):
            account = {"name": "Learner", "email": known(number), "password": PASSWORD}
            ask(client, "/users/register", account, 201)
        for number in range(0, ACCOUNTS, 2):
            ask(client, "/users/login", {"email": known(number), "password": PASSWORD}, 200)
        for question, kinds in QUESTIONS.items():
            compare(question, sample(client, kinds, options.seconds))


def known(number: int) -> str:
    return f"learner{number % ACCOUNTS}@example.org"


def unknown(number: int) -> str:
    return f"stranger{number % ACCOUNTS}@example.org"


def wrong_login(client: Client, email: str) -> float:
    return ask(client, "/users/login", {"email": email, "password": "wrong guess"}, 401)


def forget(client: Client, email: str) -> float:
    return ask(client, "/auth/password/forgot", {"email": email}, 202)


def after_forgetting(client: Client, email: str) -> float:
    """Return how long the next request takes while the email may be being sent."""
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
    """Return the milliseconds from the request to the complete response."""
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
    """Measure all kinds for some seconds, each round in random order, after a warm-up."""
    times: Times = {kind: [] for kind in kinds}
    client.close()  # the service has closed it as well; the next request opens it
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
    """Return the first decile: a time that other load has hardly affected."""
    return statistics.quantiles(values, n=10)[0]


def interval(statistic: Callable[[Pairs], float], pairs: Pairs) -> str:
    """Return the 95 % bootstrap interval of a statistic of the rounds."""
    found = sorted(statistic(random.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES))
    return f"{found[int(RESAMPLES * 0.025)]:+.3f} to {found[int(RESAMPLES * 0.975)]:+.3f} ms"


@contextlib.contextmanager
def database(postgresql: bool, folder: str) -> Iterator[str]:
    """Yield the URL of an empty database."""
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
    """Start gunicorn with one worker, and stop it at the end."""
    with tempfile.TemporaryDirectory() as folder, database(postgresql, folder) as url:
        port = free_port()
        environment = {
            **os.environ,
            "ENVIRONMENT": "production",
            "SECRET_KEY": secrets.token_hex(32),
            "DATABASE_URL": url,
            "MAIL_URL": f"file://{folder}/mail",
            "LOG_LEVEL": "WARNING",
            "WEB_CONCURRENCY": "1",
            "PORT": str(port),
            "RATE_LIMIT_FACTOR": COUNT_ONLY,
        }
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environment, check=True)
        application = f"learnpath:create_app({CHEAP_HASHES})" if cheap_hashes else "wsgi:app"
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "python:learnpath.server", application]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        service = subprocess.Popen(gunicorn, cwd=ROOT, env=environment, **quiet)
        try:
            yield connect(port)
        finally:
            service.terminate()
            service.wait(30)


def connect(port: int) -> Client:
    """Wait until the service responds; `timeout` also limits every later response."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    deadline = time.monotonic() + 30
    while True:
        try:
            client.connect()  # sets TCP_NODELAY
            return client
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()
