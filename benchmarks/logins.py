"""Logins, compared with how many passwords the machine can hash."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from . import environment
from .bench import Bench
from .environment import PASSWORD
from .figures import Result

LOGINS = 8  # concurrent: four for each worker


def logins(bench: Bench) -> Result:
    """W4: logins per second as a share of the hashes per second, measured in turns.

    For two libraries: PyNaCl, which the service uses, and argon2-cffi. Also for the baseline. A
    slice is longer than elsewhere, since a login that is unfinished at its end does not count.
    """
    assert bench.on.baseline
    result = Result("W4", bench.database)
    file = bench.file("W4", bench.login())
    shares: dict[str, list[float]] = {}
    for turn in range(min(bench.slices, 7) + 1):
        bursts = []
        for server in (bench.on.service, bench.on.baseline):
            bursts.append(bench.burst(server, file, 1.5 * bench.seconds, LOGINS))
            bench.settle(server)
        hashes = {library: hash_rate(code, bench.seconds) for library, code in HASHING.items()}
        if turn == 0:
            continue  # the first turn warms up
        result.service.append(bursts[0])
        for whose, burst in zip(("", "baseline_"), bursts, strict=True):
            for library, rate in hashes.items():
                done = (burst.requests - burst.errors) / burst.seconds
                shares.setdefault(f"{whose}share_of_{library}", []).append(done / rate)
    result.facts = {name: statistics.median(values) for name, values in shares.items()}
    ours = shares["share_of_pynacl"]
    result.facts |= {"least": min(ours), "greatest": max(ours)}
    return result


HASHING = {
    "pynacl": """
from nacl.pwhash import argon2id
stored = argon2id.str(sys.argv[2].encode(), opslimit=2, memlimit=19456 * 1024)
def check(): argon2id.verify(stored, sys.argv[2].encode())
""",
    "argon2_cffi": """
from argon2 import PasswordHasher
hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
stored = hasher.hash(sys.argv[2])
def check(): hasher.verify(stored, sys.argv[2])
""",
}


START_UP = 1.0  # seconds until every process has imported its library and is hashing


def hash_rate(check: str, seconds: float) -> float:
    """Return how many passwords this machine checks per second, with one process per worker.

    All processes count over the same period and also work before and after it, since a process
    that runs alone would be faster.
    """
    code = f"""
import sys, time
{check}
begin, end = float(sys.argv[1]), float(sys.argv[3])
def work(until):
    n = 0
    while time.time() < until: check(); n += 1
    return n
work(begin)
started = time.time()
n = work(end)
print(n / (time.time() - started))
work(end + 0.2)
"""
    begin = time.time() + START_UP
    command = [sys.executable, "-c", code, str(begin), PASSWORD, str(begin + seconds)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(environment.WORKERS)
    ]
    return sum(float(process.communicate()[0]) for process in running)
