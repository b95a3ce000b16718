"""The house keeps its own rules: imports, guards, commits, sizes."""

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
    "database.py": "a long deletion must not hold its locks to the end",
    "seeding/demo.py": "thousands of fake learners can be interrupted",
    "api_keys/services.py": "when a key was last used outlives a refusal",
    "auth/sessions.py": "a session that ended because a token was stolen outlives the refusal",
    "moving/source.py": "a setting of the connection to the earlier database, nothing else",
    "mail/services.py": "each letter is claimed, sent and noted by itself",
    "progress/checking.py": "a long mend must not hold its locks to the end",
}


def named(path):
    return path.relative_to(PACKAGE).as_posix()


def files_with(pattern):
    return {named(path) for path in FILES if re.search(pattern, path.read_text())}


@pytest.fixture(scope="module")
def contracts(project_root):
    setup = configparser.ConfigParser()
    setup.read(project_root / "setup.cfg")
    return {name: setup[f"importlinter:contract:{name}"] for name in ("inside", "age", "root")}


def test_imports_point_one_way(project_root):
    # in a process of its own: import-linter switches the loggers of this one off
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    found = subprocess.run(command, cwd=project_root, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
    assert "0 broken" in found.stdout


def test_no_root_tool_escapes_the_contracts(contracts):
    where_all_meets = {"learnpath.__init__", "learnpath.server"}
    root_tools = {f"learnpath.{path.stem}" for path in PACKAGE.glob("*.py")} - where_all_meets
    doors = {"learnpath.gateways"}
    assert root_tools | doors == set(contracts["root"]["source_modules"].split())


def test_no_feature_escapes_the_contracts(contracts):
    features = {f"learnpath.{path.parent.name}" for path in PACKAGE.glob("*/models.py")}
    assert features <= set(contracts["inside"]["containers"].split())
    for feature in features:
        assert f"{feature}.models" in contracts["age"]["layers"]


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
    of_a_request = {"answers.py", "headers.py"}  # WSGI calls it environ too
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


def test_few_statements_are_transactions_of_their_own():
    """Those of a login are, and what the throttle counts outlives its refusal."""
    assert files_with(r"import (.*\W)?autocommit\b") == {"auth/services.py", "auth/sessions.py"}
    made = {"database.py", "extensions.py"}
    assert files_with(r"\bautocommitting\(") == made | {"throttle.py"}


def test_nobody_rolls_back():
    dry_runs = {"enrollments/cli.py", "moving/cli.py", "progress/cli.py"}
    of_the_pool = {"postgresql.py"}  # when a connection comes back
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
    assert setting.meaning
