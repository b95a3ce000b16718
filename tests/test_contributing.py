"""CONTRIBUTING.md is correct: its example feature works when added as it says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from learnpath.config import SETTINGS
from tools.docs import ROOT

from .test_readme import FENCE

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
WIRING = re.compile(r"^```diff\n--- (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".env", ".*_cache", ".hypothesis", "__pycache__", "*.db*"
)
CHECKS = {
    "imports": "lint-imports --no-cache",
    "style": "ruff check --no-cache learnpath tests",
    "format": "ruff format --no-cache --check learnpath tests migrations",
    "tests": "pytest -q -n 0 -m 'not slow' tests/notes tests/test_migrations.py"
    " tests/test_architecture.py tests/users/test_export.py tests/test_access_matrix.py"
    " -k 'notes or newest_schema or contracts or about_people or every_part or says_who'",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Run commands in a copy of the project with the feature."""
    root = tmp_path_factory.mktemp("project") / "copy"
    shutil.copytree(ROOT, root, ignore=NOT_COPIED)
    shutil.copytree(ROOT / "docs" / "contributing" / "notes", root, dirs_exist_ok=True)
    for name, lines in WIRING.findall(PAGE):
        wire(root / name, lines.splitlines())
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {
        **os.environ,
        **{setting.name: "" for setting in SETTINGS},
        "ENVIRONMENT": "testing",
        "DATABASE_URL": f"sqlite:///{root / 'learnpath.db'}",
        "PATH": programs,
    }

    def run(command):
        result = subprocess.run(
            command, shell=True, cwd=root, env=environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert result.returncode == 0, f"{command}\n{result.stdout}"
        return result.stdout

    migration = PAGE.partition("<!-- migration -->")[2].partition("<!-- /migration -->")[0]
    for _language, text in FENCE.findall(migration):
        run(text)
    return run


def wire(file, lines):
    """Insert each `+` line into a file, after the next line that starts like the line above it."""
    text, position = file.read_text("utf-8").splitlines(), -1
    for line in lines:
        if line.startswith("+"):
            position += 1
            text.insert(position, line[1:])
        else:
            following = range(position + 1, len(text))
            position = next((n for n in following if text[n].startswith(line[1:])), None)
            assert position is not None, f"{file.name} has no line that begins with {line[1:]!r}"
    file.write_text("\n".join(text) + "\n", "utf-8")


@pytest.mark.parametrize(("name", "lines"), WIRING.findall(PAGE), ids=lambda text: text[:30])
def test_the_lines_of_the_page_still_have_their_places(tmp_path, name, lines):
    copied = Path(shutil.copy(ROOT / name, tmp_path))
    wire(copied, lines.splitlines())
    for line in lines.splitlines():
        assert not line.startswith("+") or line[1:] in copied.read_text("utf-8").splitlines()


@pytest.mark.exhaustive
@pytest.mark.parametrize("what", CHECKS)
def test_the_feature_of_the_page_works_put_in_as_it_says(copy, what):
    output = copy(CHECKS[what])
    assert what != "tests" or int(re.search(r"(\d+) passed", output)[1]) > 40


def test_every_file_of_the_feature_is_told_about():
    feature = ROOT / "docs" / "contributing" / "notes" / "learnpath" / "notes"
    names = {file.name for file in feature.glob("*.py")} - {"__init__.py"}
    assert len(names) > 5
    assert [name for name in names if f": `{name}`" not in PAGE] == []
