"""An upgrade while people work: old code on the new schema, then node after node the new code."""

import shutil
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from flask_migrate import check

from chaos.load import CLIENT, Crowd, verify_reports
from chaos.nodes import NGINX_FAIL_TIMEOUT, Nginx, Node
from learnpath import create_app
from learnpath.db import db
from learnpath.settings import PROJECT_ROOT
from tests.apps import SETTINGS

pytestmark = pytest.mark.exhaustive

MIGRATION = '''"""A change, as a later version might make it."""
import sqlalchemy as sa
from alembic import op

revision = "{number:04d}"
down_revision = "{before:04d}"


def upgrade():
    {change}


def downgrade():
    pass
'''
CHANGES = {
    "learners": 'op.add_column("users", sa.Column("nickname", sa.String(40), server_default=""))',
    "progress": 'op.add_column("progress", sa.Column("source", sa.String(20)))',
    "index": """with op.get_context().autocommit_block():
        op.create_index("ix_progress_source", "progress", ["source"], postgresql_concurrently=True)
""",
}


@pytest.fixture
def next_version(tmp_path):
    copy_next_version(tmp_path)
    return tmp_path


def copy_next_version(folder):
    """Copy the code to `folder`, with a few migrations more; return their numbers by name."""
    for name in ("learnpath", "migrations"):
        shutil.copytree(PROJECT_ROOT / name, folder / name)
    shutil.copy(PROJECT_ROOT / "wsgi.py", folder)
    versions = folder / "migrations" / "versions"
    newest = int(max(path.name for path in versions.glob("[0-9]*.py"))[:4])
    numbers = {}
    for number, (name, change) in enumerate(CHANGES.items(), newest + 1):
        text = MIGRATION.format(number=number, before=number - 1, change=change)
        (versions / f"{name}.py").write_text(text)
        numbers[name] = f"{number:04d}"
    return numbers


@pytest.fixture
def database(postgresql):
    return postgresql.make().render_as_string(hide_password=False)


def upgrading(root, environment):
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    return subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE, text=True)


def ended_well(*processes):
    for process in processes:
        _, complaints = process.communicate(timeout=120)
        assert process.returncode == 0, complaints


def test_nobody_notices_that_the_schema_and_then_the_code_is_replaced(
    database, next_version, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("nodes")
    crowd = Crowd(database, 4)
    nodes = [Node(database, folder, TRUSTED_PROXIES=1) for _ in range(2)]
    nginx = Nginx(nodes, folder)
    try:
        with crowd.reporting(nginx.url, size=4, pause=0.05) as learners:
            ended_well(upgrading(next_version, nodes[0].environment))
            ready = CLIENT.get(f"{nodes[0].url}/health/ready").status_code
            for node in nodes:
                node.stop()
                node.root = next_version
                node.start()
                time.sleep(NGINX_FAIL_TIMEOUT)
        outcome = verify_reports(learners, nginx.url)
    finally:
        nginx.stop()
        for node in nodes:
            node.stop()
    assert ready == 200, "old code serves on the expanded schema"
    assert outcome.acknowledged > 0
    assert {answer.status for answer in outcome.answers} == {200}, nginx.log_excerpt()
    assert (outcome.lost, outcome.partial) == (0, 0)


def test_three_nodes_may_migrate_one_database_at_once(backend, empty_database):
    url = empty_database(backend)
    environment = Node.environment_for(url)
    ended_well(*[upgrading(PROJECT_ROOT, environment) for _ in range(3)])
    with create_app({**SETTINGS, "DATABASE_URL": url}).app_context():
        check()
        db.engine.dispose()


def test_three_nodes_may_make_an_index_concurrently_at_once(database, next_version):
    Crowd(database, 0)
    environment = Node.environment_for(database)
    first = next_version / "migrations" / "versions" / "learners.py"
    wait = 'op.execute("SELECT pg_sleep(5)")'  # until the other nodes have come and wait too
    first.write_text(first.read_text().replace("def upgrade():", f"def upgrade():\n    {wait}"))
    ended_well(*[upgrading(next_version, environment) for _ in range(3)])


def test_a_migration_gives_way_to_whoever_uses_a_table_for_long(database, next_version):
    Crowd(database, 0)
    environment = Node.environment_for(database)
    plain = database.replace("+psycopg", "")
    with psycopg.connect(plain) as long, psycopg.connect(plain, autocommit=True) as quick:
        long.execute("SELECT count(*) FROM progress")  # and the transaction stays open
        process = upgrading(next_version, environment)
        end = threading.Timer(8, long.commit)
        end.start()
        waits = []
        while process.poll() is None:
            began = time.monotonic()
            quick.execute("SELECT count(*) FROM progress")
            waits.append(time.monotonic() - began)
            time.sleep(0.05)
        end.join()
    ended_well(process)
    assert max(waits) < 5, "who comes after the migration waited behind it"


@pytest.mark.slow
def test_a_large_table_is_migrated_while_learners_report():
    """The benchmark in small: what it looks up afterwards must all be there."""
    command = [sys.executable, "-m", "benchmarks.migrations", "--users", "500"]
    answer = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.count("| 0 |") == 2 * len(CHANGES)
