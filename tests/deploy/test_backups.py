"""Backups made under load, and the service on what was restored from them."""

import shutil
import subprocess
import sys
import time

import pytest

from chaos.environment import on_postgresql, on_sqlite
from chaos.load import verify_reports
from chaos.nodes import Node, wait_until

pytestmark = pytest.mark.exhaustive
ARCHIVING = (
    "archive_mode=on",
    "archive_command=mkdir -p ../wal && test ! -f ../wal/%f && cp %p ../wal/%f",
)
RECOVERING = "restore_command=cp ../wal/%f %p"


def back_up_under_load(stage, back_up):
    """Do so, and return the learners with what had been acknowledged before it began."""
    with stage.crowd.reporting(stage.url, size=4, pause=0.02) as learners:
        time.sleep(0.7)
        before = [set(learner.acknowledged) for learner in learners]
        back_up()
        time.sleep(0.3)
    for learner, acknowledged in zip(learners, before, strict=True):
        learner.acknowledged = acknowledged
    return learners


def the_service_runs_on(url, learners, folder):
    """Start a node on what was restored; everything must be there."""
    node = Node(url, folder)
    try:
        outcome = verify_reports(learners, node.url)
        doctor = flask(node, "doctor")
        check = flask(node, "progress", "check")
    finally:
        node.stop()
    assert outcome.acknowledged > 0
    assert (outcome.lost, outcome.partial) == (0, 0)
    assert "migrations: at the head" in doctor.stdout
    assert check.returncode == 0, check.stdout


def flask(node, *command):
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=node.root, env=node.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_sqlite_is_copied_by_the_command(tmp_path):
    with on_sqlite(4) as stage:
        copy = tmp_path / "copy.db"
        learners = back_up_under_load(stage, lambda: flask(stage.node, "backup", copy))
    the_service_runs_on(f"sqlite:///{copy}", learners, tmp_path)


def test_postgresql_is_dumped_and_restored(tmp_path):
    with on_postgresql(4) as stage:
        run, dump = stage.postgres.run_program, stage.postgres.folder / "learnpath.dump"
        plain = stage.database_url.replace("+psycopg", "")
        learners = back_up_under_load(
            stage, lambda: run("pg_dump", "--format=custom", f"--file={dump}", plain)
        )
        restored = stage.postgres.make("restored")
        options = ("--no-owner", "--exit-on-error", "--dbname", restored.replace("+psycopg", ""))
        run("pg_restore", *options, dump)
        the_service_runs_on(restored, learners, tmp_path)


def test_postgresql_is_restored_from_a_base_backup_and_its_log(tmp_path):
    """Also what was acknowledged after the base backup, to the end of the log."""
    with on_postgresql(8, options=ARCHIVING) as stage:
        postgres, base = stage.postgres, stage.postgres.folder / "base"
        where = (f"--host={postgres.folder}", "--username=postgres", f"--pgdata={base}")
        learners = back_up_under_load(
            stage, lambda: postgres.run_program("pg_basebackup", *where, "--checkpoint=fast")
        )
        postgres.run_program("pg_verifybackup", base)
        with stage.crowd.reporting(stage.url, size=4) as later:
            time.sleep(0.5)
        wait_until_archived(postgres)
        postgres.kill()  # the machine is gone, and its data with it
        shutil.rmtree(postgres.data)
        base.rename(postgres.data)
        signal = postgres.data / "recovery.signal"
        signal.touch()
        signal.chmod(0o666)  # PostgreSQL may run as another system user here
        postgres.options += (RECOVERING,)
        postgres.start()
        wait_until(
            lambda: not postgres.execute("SELECT pg_is_in_recovery()"), "the end of the recovery"
        )
        the_service_runs_on(stage.database_url, learners + later, tmp_path)


def wait_until_archived(postgres):
    last = postgres.execute("SELECT pg_walfile_name(pg_switch_wal())")
    wait_until((postgres.folder / "wal" / last).exists, "the log to be archived")
