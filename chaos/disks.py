"""A disk that is full, and one that is asked to keep what was acknowledged."""

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

from .load import Learner, look_up
from .nodes import children_of
from .report import Row
from .stage import Stage, on_postgresql, on_sqlite

WRITES = 60


def disk(_trials: int) -> Iterator[Row]:
    """Fill the disk under SQLite: a small tmpfs if we are root, and a limit on files."""
    if os.geteuid() == 0:
        with _tmpfs("24m") as small, on_sqlite(6, small) as stage:
            ballast = small / "ballast"
            yield _full(
                "a full disk (tmpfs), SQLite", stage, lambda: _fill(ballast), ballast.unlink
            )
    with on_sqlite(6) as stage:
        yield _full(
            "no file may grow (RLIMIT_FSIZE), SQLite", stage,
            lambda: _limit_files(stage, 4096), lambda: _limit_files(stage, resource.RLIM_INFINITY),
        )  # fmt: skip


def _full(what: str, stage: Stage, fill: Callable[[], object], free: Callable[[], object]) -> Row:
    """Learners go on while nothing can be written; what they see must be told honestly."""
    with stage.crowd.reporting(stage.url, size=4, pause=0.05) as learners:
        time.sleep(0.5)
        fill()
        filled = time.monotonic()
        time.sleep(2)
        reads = [stage.node.answers() for _ in range(10)]
        freed = time.monotonic()
        free()
        time.sleep(1.5)
    outcome = look_up(learners, stage.url)
    refused = [answer for answer in outcome.answers if answer.status in (503, 507)]
    honest = all(a.is_success or (a in refused and a.says_when) for a in outcome.answers)
    back = outcome.seconds_to_success(freed)
    figures = (
        f"{outcome.statuses}; reads {sum(reads)} of {len(reads)}, "
        f"first success {back:.2f} s after there was room, {outcome.lost} lost"
    )
    met = any(filled < answer.sent < freed for answer in refused)
    return Row(what, 1, honest and met and all(reads) and back < 1 and not outcome.lost, figures)


@contextlib.contextmanager
def _tmpfs(size: str) -> Iterator[Path]:
    """Mount a small disk that lives in memory."""
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


def _limit_files(stage: Stage, size: int) -> None:
    """Let no file of the workers grow beyond `size` bytes; their log is small enough."""
    for pid in stage.node.workers:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def fsync(_trials: int) -> Iterator[Row]:
    """Count the calls that wait for the disk, which kill -9 cannot show to be needed."""
    for name, make in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        what = f"waits for the disk, {name}"
        if shutil.which("strace") is None:
            yield Row(what, 0, None, "not run: strace is missing")
            continue
        with make(1) as stage:
            yield _count_syncs(what, stage)


def _count_syncs(what: str, stage: Stage) -> Row:
    root = (stage.postgres or stage.node).process.pid
    (person,) = stage.crowd.take(1)
    learner = Learner(person, stage.url, retries=False)
    learner.report((f"m{WRITES}",))  # so that every connection that is needed is open
    trace = stage.folder / "strace.txt"
    watched = [part for pid in [root, *children_of(root)] for part in ("-p", str(pid))]
    command = ["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", trace, *watched]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as watch:
        watch.stderr.readline()  # strace says that it is there
        time.sleep(1)
        for number in range(WRITES):
            learner.report((f"m{number}",))
        watch.terminate()
    syncs = len(re.findall(r"\bf(?:data)?sync\(", trace.read_text()))
    acknowledged = len(look_up([learner], stage.url).answers) - 1
    figures = f"{syncs} calls of fsync or fdatasync for {acknowledged} writes one after the other"
    return Row(what, 1, acknowledged == WRITES and syncs >= acknowledged, figures)
