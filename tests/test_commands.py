"""The command line: help with examples, JSON for scripts, errors on stderr."""

import io
import json
import os
import shlex
import subprocess
import sys
from functools import partial
from pathlib import Path

import click
import pytest

from learnpath import cli as commands
from learnpath import create_app
from learnpath.config import SETTINGS as TABLE
from tools.commands_page import our_commands

from .apps import SETTINGS

APP = create_app({**SETTINGS, "DATABASE_URL": "sqlite:///nobody-opens-this.db"})
COMMANDS = dict(our_commands(APP))
EXAMPLES = [
    (words, line.strip())
    for words, command in COMMANDS.items()
    for line in command.help.partition("Examples:\n")[2].splitlines()
]
CURRICULUM = """\
path: {slug: python, title: Python}
modules: [{slug: loops, title: Loops, summary: Again}]
"""
FILES = {
    "python.yaml": CURRICULUM,
    "curricula/python.yaml": CURRICULUM,
    "class.csv": "email,path\nnora@example.org,python\n",
    "history.csv": "email,module_id,occurred_at\nnora@example.org,loops,2026-01-01T00:00:00Z\n",
}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The files that the examples name, in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)


@pytest.fixture
def run(cli):
    """Run `flask …` and return its result, whatever the exit status."""
    return partial(cli, expect=None)


@pytest.fixture
def script(run, files, make, ada, settings):
    """Run `flask … --json`; return the JSON and the exit status."""
    settings(MAIL_URL="console:", MAIL_SENDER="command")
    make.path("python", ["loops"])

    def script(words):
        result = run(*words.split(), "--json")
        return json.loads(result.stdout), result.exit_code

    return script


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_says_in_a_sentence_what_it_does_and_gives_examples(words):
    command = COMMANDS[words]
    opening = command.help.partition("\n")[0]
    assert opening[0].isupper()
    assert opening.endswith(".")
    assert len(opening) <= 60, "the list of commands would cut it off"
    assert [line for said, line in EXAMPLES if said == words]
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize(("words", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_an_example_of_a_help_is_well_formed(words, line, files):
    assert line.startswith(words)
    rest = shlex.split(line.partition(" > ")[0])[len(words.split()) :]
    COMMANDS[words].make_context(words, rest)


def test_the_list_of_commands_is_not_cut_off(run):
    groups = {words.split()[1] for words in COMMANDS if len(words.split()) == 3}
    for group in groups:
        assert "..." not in run(group, "--help").output.partition("Commands:")[2]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("doctor", {"healthy", "findings"}),
        ("permissions", {"method", "address", "permission", "holders"}),
        ("purge", {"sent emails", "expired sessions"}),
        ("users list", {"id", "role", "status", "email", "name"}),
        ("mail deliver", {"sent", "waiting"}),
        ("paths validate python", {"completable", "problems"}),
        ("paths import python.yaml", {"path", "outcome", "modules"}),
        ("seed --from curricula", {"path", "outcome", "modules"}),
        ("progress check", {"mended", "faults"}),
        ("enrollments import class.csv", {"dry_run", "outcomes", "notes"}),
        ("progress import history.csv --dry-run", {"dry_run", "outcomes", "notes"}),
    ],
)
def test_a_script_reads_json(script, words, names):
    answer, _ = script(words)
    assert names <= set(answer[0] if isinstance(answer, list) else answer)


def test_every_command_with_json_is_read_by_a_script_here():
    with_json = {
        words
        for words, command in COMMANDS.items()
        if any(option.name == "as_json" for option in command.params)
    }
    assert with_json - {
        "flask users import"
    } == {  # that one needs an earlier service: tests/legacy_import
        "flask doctor",
        "flask permissions",
        "flask purge",
        "flask users list",
        "flask mail deliver",
        "flask paths validate",
        "flask paths import",
        "flask seed",
        "flask progress check",
        "flask enrollments import",
        "flask progress import",
    }


def test_json_has_the_same_exit_status_as_a_sentence(script, run):
    assert script("doctor")[0]["healthy"] is False  # this is no production
    assert script("doctor")[1] == run("doctor").exit_code == 1
    assert script("paths validate python") == ({"completable": True, "problems": []}, 0)


def test_an_import_notes_the_line_and_the_reason(script):
    answer, status = script("progress import history.csv --dry-run")
    assert status == 0
    assert answer == {
        "dry_run": True,
        "outcomes": {"rejected": 1},
        "notes": [
            {"line": 2, "reason": "rejected: email: There is no account for nora@example.org."}
        ],
    }


def test_a_refusal_goes_to_standard_error_with_status_1(run):
    refused = run("users", "set-role", "nora@example.org", "admin")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "Error: There is no account for nora@example.org.\n"


def test_a_misspelled_command_has_status_2(run):
    for words in (["doctor", "--loud"], ["users", "dance"], ["users", "set-role"]):
        assert (run(*words).exit_code, run(*words).stdout) == (2, "")


def test_a_database_without_tables_is_told_in_a_sentence(make_app, empty_database, backend):
    empty_app = make_app(DATABASE_URL=empty_database(backend))
    for words in (["users", "list"], ["purge"], ["progress", "check"]):
        output = empty_app.test_cli_runner().invoke(args=words)
        assert (output.exit_code, output.stdout) == (1, "")
        assert output.stderr.startswith("Error: ")
        assert output.stderr.endswith(". `flask doctor` says what to do.\n")


def test_a_mistake_of_ours_keeps_its_traceback(run, monkeypatch):
    monkeypatch.setattr(sys.modules["learnpath.operations.cli"], "examine", lambda: 1 / 0)
    assert isinstance(run("doctor").exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("terminal", "no_color", "coloured"), [(True, "", True), (True, "1", False), (False, "", False)]
)
def test_colours_are_for_terminals_unless_refused(run, monkeypatch, terminal, no_color, coloured):
    monkeypatch.setenv("NO_COLOR", no_color)
    assert ("\x1b[" in run("doctor", color=terminal).output) == coloured


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_progress_bar_is_for_terminals_and_stays_out_of_the_output(
    monkeypatch, capsys, is_terminal
):
    errors = io.StringIO()
    monkeypatch.setattr(errors, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", errors)
    with commands.progress_bar(range(3), label="Learners") as bar:
        assert list(bar) == [0, 1, 2]
    assert ("Learners" in errors.getvalue()) == is_terminal
    assert capsys.readouterr().out == ""


@pytest.mark.exhaustive  # it starts a process
def test_a_shell_completes_commands(project_root):
    environment = {
        **os.environ,
        **{setting.name: "" for setting in TABLE},
        "ENVIRONMENT": "testing",
        "COMP_WORDS": "flask users set",
        "COMP_CWORD": "2",
        "_FLASK_COMPLETE": "bash_complete",
    }
    command = [Path(sys.executable).with_name("flask")]
    ran = subprocess.run(
        command, env=environment, cwd=project_root, capture_output=True, text=True, check=False
    )
    assert "set-role" in ran.stdout
