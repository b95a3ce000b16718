"""How long do requests wait while a large table is migrated? python -m benchmarks.migrations

Fills PostgreSQL and SQLite with a million rows of progress. While learners report, it adds columns
and then an index, as docs/operating/upgrading.md describes, and prints the longest wait. Then it
looks up every acknowledged report, and exits with 1 if one is missing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from chaos.load import Learner, verify_reports
from chaos.nodes import Node, Postgres
from tests.cast import Person
from tests.deploy.test_upgrade import copy_next_version

from .environment import SECRET, access_tokens, seed

EACH = 20  # modules with progress of each user
LEARNERS = 4
PAUSE = 0.1  # seconds between two reports of one learner


def main() -> None:
    """Migrate on both databases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=50_000, help=f"{EACH} rows for each")
    users = parser.parse_args().users
    print("| database, what | seconds | longest wait before | longest wait | answers | lost |")
    print("|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steps = copy_next_version(folder)
        postgres = Postgres()
        try:
            lost = measure("PostgreSQL", postgres.make("large"), users, folder, steps)
        finally:
            postgres.stop()
        lost += measure("SQLite", f"sqlite:///{folder / 'large.db'}", users, folder, steps)
    sys.exit(1 if lost else 0)


def measure(database: str, url: str, users: int, folder: Path, steps: dict[str, str]) -> int:
    """Fill one database, print a line for each migration, and return what was lost."""
    seed(url, users, few=EACH, many=EACH)
    node = Node(url, folder, SECRET_KEY=SECRET)
    tokens = access_tokens(list(range(2, 2 + LEARNERS * len(steps))))
    lost = 0
    try:
        for step, number in steps.items():
            learners = [
                Learner(Person(0, "", "", tokens.pop(), ""), node.url, retries=False)
                for _ in range(LEARNERS)
            ]
            row, missing = under_load(learners, node, folder, number)
            print(f"| {database}, {step} | {row} | {missing} |", flush=True)
            lost += missing
    finally:
        node.stop()
    return lost


def under_load(learners: list[Learner], node: Node, root: Path, number: str) -> tuple[str, int]:
    """Upgrade to `number` while the learners report; return a row and what was lost."""
    end = threading.Event()
    threads = [threading.Thread(target=one.report_until, args=(end, PAUSE)) for one in learners]
    for thread in threads:
        thread.start()
    time.sleep(2)
    before = max(answer.seconds for one in learners for answer in one.answers)
    began = time.monotonic()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade", number]
    subprocess.run(command, cwd=root, env=node.environment, check=True, capture_output=True)
    seconds = time.monotonic() - began
    end.set()
    for thread in threads:
        thread.join()
    outcome = verify_reports(learners, node.url)
    figures = f"{seconds:.1f} | {before:.2f} s | {outcome.max_latency:.2f} s | {outcome.statuses}"
    return figures, outcome.lost


if __name__ == "__main__":
    main()
