"""The code keeps its own rules: imports, permissions, commits, sizes."""

import ast
import configparser
import gc
import re
import subprocess
import sys
from pathlib import Path

import pytest

import learnpath
from learnpath.config import SETTINGS

PACKAGE = Path(learnpath.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted(Path(__file__).parent.rglob("test_*.py"))

# The edges commit. Beside them only what must keep part of its work, and why:
COMMITTING_EDGES = ("routes.py", "cli.py")
COMMITTING_BATCHES = {
    "db/purge.py": "a long deletion must not hold its locks to the end",
    "demo/learners.py": "thousands of demo learners can be interrupted",
    "legacy_import/source.py": "a setting of the connection to the earlier database, nothing else",
    "mail/services.py": "each email is claimed, sent and recorded by itself",
    "progress/integrity.py": "a long repair must not hold its locks to the end",
}
# What outlives a refused request has a transaction of its own:
SEPARATE_TRANSACTIONS = {
    "api_keys/services.py": "when a key was last used",
    "auth/sessions.py": "a session that ended because a refresh token was stolen",
    "rate_limits/storage.py": "a counted failure",
}


def named(path):
    return path.relative_to(PACKAGE).as_posix()


def files_with(pattern):
    return {named(path) for path in FILES if re.search(pattern, path.read_text())}


@pytest.fixture(scope="module")
def contracts(project_root):
    setup = configparser.ConfigParser()
    setup.read(project_root / "setup.cfg")
    return {name: setup[f"importlinter:contract:{name}"] for name in ("inside", "age", "stack")}


def test_imports_point_one_way(project_root):
    # in a process of its own: import-linter switches the loggers of this one off
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    found = subprocess.run(command, cwd=project_root, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
    assert "0 broken" in found.stdout


@pytest.mark.parametrize("name", ["stack", "inside"])
def test_no_module_escapes_the_contracts(contracts, name):
    assert contracts[name].getboolean("exhaustive")


def test_no_feature_escapes_the_contracts(contracts):
    tools = {"db", "observability", "rate_limits", "web"}
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - tools
    assert {f"learnpath.{name}" for name in folders} <= set(
        contracts["inside"]["containers"].split()
    )
    for models in PACKAGE.glob("*/models.py"):
        if models.parent.name not in tools:
            assert f"learnpath.{models.parent.name}.models" in contracts["age"]["layers"]


def test_every_view_says_who_may_use_it(app):
    unmarked = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if not hasattr(view_of(app, rule, method), "permission")
    }
    assert unmarked == {"GET /static/<path:filename>"}, "these carry neither @requires nor @public"


def view_of(app, rule, method):
    view = app.view_functions[rule.endpoint]
    return getattr(view.view_class, method.lower()) if hasattr(view, "view_class") else view


def test_only_config_reads_the_environment():
    of_a_request = {"web/responses.py", "web/security_headers.py"}  # WSGI calls it environ too
    assert files_with(r"(?<!request\.)\benviron\b|\bgetenv\b") == {"config.py"} | of_a_request


def test_the_garbage_collector_works_once_everything_is_imported():
    assert gc.isenabled()


def test_no_query_is_written_the_old_way():
    assert files_with(r"\b[A-Z]\w+\.query\b|session\.query\(") == set()


def test_only_the_edges_commit():
    committing = {
        name for name in files_with(r"\.commit\(\)") if not name.endswith(COMMITTING_EDGES)
    }
    assert committing == set(COMMITTING_BATCHES)


def test_few_things_outlive_a_refused_request():
    assert files_with(r"import .*\bseparate_transaction\b") == set(SEPARATE_TRANSACTIONS)
    assert files_with(r"\bengine\.begin\(") == {"db/__init__.py"}


def test_nobody_rolls_back():
    dry_runs = {"enrollments/cli.py", "legacy_import/cli.py", "progress/cli.py"}
    of_the_pool = {"db/postgresql.py"}  # when a connection comes back
    assert files_with(r"\.rollback\(\)") == dry_runs | of_the_pool


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_fits_on_a_few_screens_and_says_what_lives_there(path):
    source = path.read_text()
    assert len(source.splitlines()) <= 250, "split it by verb, inside its feature"
    assert ast.get_docstring(ast.parse(source)), "open it with one line that says what lives here"


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_a_test_file_says_what_it_is_about_in_one_line(path):
    opening = ast.get_docstring(ast.parse(path.read_text()))
    assert opening
    assert "\n" not in opening


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_no_setting_is_without_effect(setting):
    quoted = re.compile(rf"""["']{setting.name}["']""")
    uses = sum(len(quoted.findall(path.read_text())) for path in FILES)
    assert uses > 1, "only its definition names it"
    assert setting.help
