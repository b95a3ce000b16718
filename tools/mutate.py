"""Make the mutations of `tools/mutations.py` one by one, and check that a test fails for each.

`python -m tools.mutate`, or `python -m tools.mutate "rule 7" locks` for the rows that contain one
of these words. First all tests must pass on the unchanged code. Then each mutation is made in a
copy of the tree, and its test must fail there; the exit status is 1 if one survives. Two run at a
time, on one temporary PostgreSQL.
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
WORKERS = 2
TIMEOUT = 180  # seconds; a test that takes longer has failed
PARTS = ("learnpath", "tests", "migrations", "tools", "docs", "setup.cfg", "wsgi.py", "README.md")
KILLED, SURVIVED, BROKEN = "killed", "SURVIVED", "BROKEN"


def main() -> None:
    """Make every mutation, print the outcomes, and fail if one survives."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="only the rows that contain one of these words")
    words = parser.parse_args().words
    chosen = [row for row in MUTATIONS if not words or any(w in " ".join(row) for w in words)]
    with database() as url, tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(WORKERS):
            copies.put(copy_of_the_tree(Path(folder) / str(number)))
        refuse_failing_tests(ROOT, sorted({row.test for row in chosen}), url)
        with ThreadPoolExecutor(WORKERS) as threads:
            outcomes = list(threads.map(lambda row: attempt(row, copies, url), chosen))
    survivors = len(outcomes) - outcomes.count(KILLED)
    print(f"{len(outcomes)} mutations, {survivors} survived")
    sys.exit(1 if survivors else 0)


def attempt(mutation: Mutation, copies: SimpleQueue[Path], url: str) -> str:
    """Make one mutation in a copy, run its test there, and undo it."""
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
    """Exit if a test fails on the unchanged code: it could detect nothing."""
    answer = pytest(tree, tests, url, timeout=900)
    if answer is None or answer.returncode != 0:
        sys.exit(
            f"These tests fail on the unchanged code:\n{answer.stdout if answer else 'timeout'}"
        )


def judge(answer: subprocess.CompletedProcess[str] | None) -> str:
    """Return the outcome of a run: a mutation is killed if its test ran and failed."""
    if answer is None:
        return KILLED
    return {0: SURVIVED, 1: KILLED}.get(answer.returncode, BROKEN)


def pytest(
    copy: Path, tests: list[str], url: str, timeout: int = TIMEOUT
) -> subprocess.CompletedProcess[str] | None:
    """Run tests in a copy; return None after the timeout."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider"]
    command += ["-m", "not slow"]  # what make test-all runs
    try:
        return subprocess.run(
            [*command, *(f"tests/{test}" for test in tests)],
            cwd=copy,
            env={**os.environ, "TEST_DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


def copy_of_the_tree(folder: Path) -> Path:
    """Copy what the tests need, so that no mutation is made in the real tree."""
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
    """Yield the URL of a PostgreSQL: TEST_DATABASE_URL, or a temporary one."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    server = ThrowAwayServer()
    try:
        yield server.url.render_as_string(hide_password=False)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
