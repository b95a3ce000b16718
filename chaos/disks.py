"""A full disk, and whether each acknowledged write waits for the disk."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .environment import Stack, on_postgresql, on_sqlite
from .load import Learner, verify_reports
from .nodes import children_of
from .report import Row

WRITES = 60


def disk(_trials: int) -> Iterator[Row]:
    """Fill the disk under SQLite: a small tmpfs for root, and a limit on the file size."""
    if os.geteuid() == 0:
        with _tmpfs("24m") as small, on_sqlite(6, small) as stack:
            ballast = small / "ballast"
            yield _full(
                "a full disk (tmpfs), SQLite", stack, lambda: _fill(ballast), ballast.unlink
            )
    with on_sqlite(6) as stack:
        yield _full(
            "no file may grow (RLIMIT_FSIZE), SQLite", stack,
            lambda: _limit_files(stack, 4096), lambda: _limit_files(stack, resource.RLIM_INFINITY),
        )  # fmt: skip


def _full(what: str, stack: Stack, fill: Callable[[], object], free: Callable[[], object]) -> Row:
    """Run `fill` and `free` under load: writes are refused with 503 or 507, reads succeed."""
    with stack.crowd.reporting(stack.url, size=4, pause=0.05) as learners:
        time.sleep(0.5)
        fill()
        filled = time.monotonic()
        time.sleep(2)
        reads = [stack.node.responds() for _ in range(10)]
        freed = time.monotonic()
        free()
        time.sleep(1.5)
    outcome = verify_reports(learners, stack.url)
    refused = [answer for answer in outcome.answers if answer.status in (503, 507)]
    all_expected = all(
        a.is_success or (a in refused and a.has_retry_after) for a in outcome.answers
    )
    back = outcome.seconds_to_success(freed)
    figures = (
        f"{outcome.statuses}; reads {sum(reads)} of {len(reads)}, "
        f"first success {back:.2f} s after there was room, {outcome.lost} lost"
    )
    any_refused = any(filled < answer.sent < freed for answer in refused)
    return Row(
        what,
        1,
        all_expected and any_refused and all(reads) and back < 1 and not outcome.lost,
        figures,
    )


@contextlib.contextmanager
def _tmpfs(size: str) -> Iterator[Path]:
    """Mount a small tmpfs."""
    folder = Path("/tmp") / f"learnpath-small-disk-{os.getpid()}"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def _limit_files(stack: Stack, size: int) -> None:
    """Limit the files of the workers to `size` bytes; their log is smaller."""
    for pid in stack.node.workers:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def fsync(_trials: int) -> Iterator[Row]:
    """Count the fsync calls per write. A kill -9 cannot show whether they happen."""
    for name, make in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        what = f"waits for the disk, {name}"
        if shutil.which("strace") is None:
            yield Row(what, 0, None, "not run: strace is missing")
            continue
        with make(1) as stack:
            yield _count_syncs(what, stack)


def _count_syncs(what: str, stack: Stack) -> Row:
    root = (stack.postgres or stack.node).process.pid
    (person,) = stack.crowd.take(1)
    learner = Learner(person, stack.url, retries=False)
    learner.report((f"m{WRITES}",))  # opens the database connections
    trace = stack.folder / "strace.txt"
    attach = [part for pid in [root, *children_of(root)] for part in ("-p", str(pid))]
    command = ["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", trace, *attach]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
        tracer.stderr.readline()  # strace has attached
        time.sleep(1)
        for number in range(WRITES):
            learner.report((f"m{number}",))
        tracer.terminate()
    syncs = len(re.findall(r"\bf(?:data)?sync\(", trace.read_text()))
    acknowledged = len(verify_reports([learner], stack.url).answers) - 1
    figures = f"{syncs} calls of fsync or fdatasync for {acknowledged} writes one after the other"
    return Row(what, 1, acknowledged == WRITES and syncs >= acknowledged, figures)
