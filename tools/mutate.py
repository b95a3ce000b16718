"""Seed the mistakes of `tools/mutations.py` one by one, and see a test fail for each.

`python -m tools.mutate`, or `python -m tools.mutate "rule 7" locks` for the rows in which one of
these words stands. First all the tests must pass as the code is. Then each mistake is made in a
copy of the tree, and its test must fail there; exit status 1 where one survives. Two at a time,
on one PostgreSQL that ends with the run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.postgres import ThrowAwayServer

from .mutations import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 2
SECONDS = 180  # a test that has not ended by then has noticed something
PARTS = ("learnpath", "tests", "migrations", "tools", "docs", "setup.cfg", "wsgi.py", "README.md")
KILLED, SURVIVED, BROKEN = "killed", "SURVIVED", "BROKEN"


def main() -> None:
    """Try every mistake, print a table, and fail where one survives."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="try the rows in which one of these stands")
    words = parser.parse_args().words
    chosen = [row for row in MUTATIONS if not words or any(w in " ".join(row) for w in words)]
    with database() as url, tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(AT_ONCE):
            copies.put(copy_of_the_tree(Path(folder) / str(number)))
        refuse_failing_tests(ROOT, sorted({row.test for row in chosen}), url)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            outcomes = list(threads.map(lambda row: attempt(row, copies, url), chosen))
    survivors = len(outcomes) - outcomes.count(KILLED)
    print(f"{len(outcomes)} mistakes, {survivors} not noticed")
    sys.exit(1 if survivors else 0)


def attempt(mutation: Mutation, copies: SimpleQueue[Path], url: str) -> str:
    """Make one mistake in a copy, run its test there, and take the mistake back."""
    copy = copies.get()
    file = copy / "learnpath" / mutation.file
    before = file.read_text()
    try:
        if before.count(mutation.guard) != 1:
            outcome = BROKEN
        else:
            file.write_text(before.replace(mutation.guard, mutation.instead))
            outcome = judge(pytest(copy, [mutation.test], url))
    finally:
        file.write_text(before)
        copies.put(copy)
    print(f"{outcome:<9} {mutation.promise}  ({mutation.file}; {mutation.test})", flush=True)
    return outcome


def refuse_failing_tests(tree: Path, tests: list[str], url: str) -> None:
    """End where a test fails without any mistake: it could notice none."""
    answer = pytest(tree, tests, url, seconds=900)
    if answer is None or answer.returncode != 0:
        sys.exit(f"These tests do not pass as it is:\n{answer.stdout if answer else 'no end'}")


def judge(answer: subprocess.CompletedProcess[str] | None) -> str:
    """Tell what a run says: only tests that ran and failed have noticed the mistake."""
    if answer is None:
        return KILLED
    return {0: SURVIVED, 1: KILLED}.get(answer.returncode, BROKEN)


def pytest(
    copy: Path, tests: list[str], url: str, seconds: int = SECONDS
) -> subprocess.CompletedProcess[str] | None:
    """Run tests in a copy; None where they do not come to an end."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider"]
    command += ["-m", "not slow"]  # what make test-all runs
    try:
        return subprocess.run(
            [*command, *(f"tests/{test}" for test in tests)],
            cwd=copy,
            env={**os.environ, "TEST_DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


def copy_of_the_tree(folder: Path) -> Path:
    """Copy what the tests need, so that no mistake ever stands in the real tree."""
    folder.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / part, ignore=ignored)
        else:
            shutil.copy(source, folder)
    return folder


@contextmanager
def database() -> Iterator[str]:
    """Give the URL of a PostgreSQL: the one in TEST_DATABASE_URL, or a throw-away one."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    server = ThrowAwayServer()
    try:
        yield server.url.render_as_string(hide_password=False)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
