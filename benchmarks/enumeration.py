"""Does the time of an answer tell who has an account? Run it: python benchmarks/enumeration.py

Starts the service with the settings of production on a throw-away SQLite file, asks for a
login and for a reset again and again, in random order, and compares the times of those who
have an account with those of nobody. For each pair it prints the medians, a 95 % bootstrap
interval of their difference, and the probability that a known address takes longer than an
unknown one (the Mann-Whitney statistic divided by the number of pairs): 0.50 tells nothing.
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
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery"
ACCOUNTS = 20
RESAMPLES = 2000


def known(number: int) -> str:
    return f"learner{number % ACCOUNTS}@example.org"


def unknown(number: int) -> str:
    return f"stranger{number % ACCOUNTS}@example.org"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--logins", type=int, default=600, help="samples of each kind of login")
    parser.add_argument("--resets", type=int, default=1500, help="samples of each kind of reset")
    parser.add_argument("--database-url", help="an empty database, instead of a SQLite file")
    wanted = parser.parse_args()
    with running_service(wanted.database_url) as client:
        for number in range(ACCOUNTS):
            body = {"name": "Learner", "email": known(number), "password": PASSWORD}
            ask(client, "/users/register", body, 201)
        logins = {
            "a wrong password": lambda n: wrong_login(client, known(n)),
            "an unknown address": lambda n: wrong_login(client, unknown(n)),
        }
        compare("login", sample(logins, wanted.logins))
        resets = {
            "a known address": lambda n: forget(client, known(n)),
            "an unknown address": lambda n: forget(client, unknown(n)),
        }
        compare("reset", sample(resets, wanted.resets))


def wrong_login(client: http.client.HTTPConnection, email: str) -> float:
    return ask(client, "/users/login", {"email": email, "password": "wrong guess"}, 401)


def forget(client: http.client.HTTPConnection, email: str) -> float:
    return ask(client, "/auth/password/forgot", {"email": email}, 202)


def ask(client: http.client.HTTPConnection, url: str, body: object, expect: int) -> float:
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


def sample(kinds: dict, count: int) -> dict[str, list[float]]:
    """Measure each kind `count` times in random order, after some to warm up."""
    order = [kind for kind in kinds for _ in range(count)]
    random.shuffle(order)
    for number in range(20):
        for measure in kinds.values():
            measure(number)
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for kind in order:
        times[kind].append(kinds[kind](random.randrange(ACCOUNTS)))
    return times


def compare(what: str, times: dict[str, list[float]]) -> None:
    for kind, found in times.items():
        spread = statistics.quantiles(found, n=20)
        print(
            f"{what}, {kind}: median {statistics.median(found):.3f} ms "
            f"(5 % {spread[0]:.3f}, 95 % {spread[-1]:.3f}; n = {len(found)})"
        )
    one, other = times.values()
    low, high = difference_of_medians(one, other)
    print(f"  difference of the medians: {low:+.3f} to {high:+.3f} ms (95 %)")
    print(f"  probability that the first takes longer: {longer(one, other):.3f}\n")


def difference_of_medians(one: list[float], other: list[float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval."""
    found = sorted(
        statistics.median(random.choices(one, k=len(one)))
        - statistics.median(random.choices(other, k=len(other)))
        for _ in range(RESAMPLES)
    )
    return found[int(RESAMPLES * 0.025)], found[int(RESAMPLES * 0.975)]


def longer(one: list[float], other: list[float]) -> float:
    """Return the Mann-Whitney U of `one`, divided by the number of pairs."""
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_, is_one) in enumerate(ranked, 1) if is_one)
    return (ranks - len(one) * (len(one) + 1) / 2) / (len(one) * len(other))


@contextlib.contextmanager
def running_service(database_url: str | None) -> Iterator[http.client.HTTPConnection]:
    """Start gunicorn with one worker, and end it."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {
            **os.environ,
            "ENVIRONMENT": "production",
            "SECRET_KEY": secrets.token_hex(32),
            "DATABASE_URL": database_url or f"sqlite:///{folder}/learnpath.db",
            "MAIL_URL": f"file://{folder}/mail",
            "LOG_LEVEL": "WARNING",
            "WEB_CONCURRENCY": "1",
            "PORT": str(port),
            "LOGIN_FAILURES_PER_ACCOUNT": "1000000 per hour",  # counted, never refused
            "LOGIN_FAILURES_PER_ADDRESS": "1000000 per hour",
            "RESETS_PER_ACCOUNT": "1000000 per hour",
        }
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environment, check=True)
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "python:learnpath.server", "wsgi:app"]
        service = subprocess.Popen(gunicorn, cwd=ROOT, env=environment)
        try:
            yield connect(port)
        finally:
            service.terminate()
            service.wait(30)


def connect(port: int) -> http.client.HTTPConnection:
    """Wait until the service answers; `timeout` bounds every later answer too."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    deadline = time.monotonic() + 30
    while True:
        try:
            client.connect()
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return client
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()
