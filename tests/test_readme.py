"""What README.md, .env.example and docs/decisions say is true, and their commands work."""

from __future__ import annotations

import configparser
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from dotenv import dotenv_values
from flask.cli import FlaskGroup, ScriptInfo

from learnpath import VERSION, config, create_app
from learnpath.rate_limits.limits import RATES
from learnpath.settings import CONSTANTS, TIMEOUTS
from tools import docs, settings_table

from .apps import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = list(docs.pages())
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SUFFIXES = (".py", ".md", ".cfg", ".toml", ".txt", ".yaml", ".yml", ".ini", ".example")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def named(page: Path) -> str:
    """The path of a page from the root."""
    return page.relative_to(ROOT).as_posix()


def blocks(name: str) -> list[tuple[str, str]]:
    """The fenced blocks between `<!-- name -->` and `<!-- /name -->`: language and text."""
    _, _, rest = README.partition(f"<!-- {name} -->")
    inside, _, _ = rest.partition(f"<!-- /{name} -->")
    return FENCE.findall(inside)


def by_hand(*programs: str) -> list[str]:
    """The lines of the way without make that start one of these programs."""
    ((_, text),) = blocks("by hand")
    return [line for line in text.splitlines() if line.split()[0] in programs]


def commands(program: str, page: str = README) -> list[list[str]]:
    """The words after `program` in every command that a page gives."""
    lines = re.findall(r"`([^`\n]+)`", FENCE.sub("", page))
    scripts = [text for language, text in FENCE.findall(page) if language in ("sh", "bat")]
    lines += [line for text in scripts for line in text.splitlines()]
    plain = [re.sub(r"^([A-Z_]+=\S+ )+", "", line).partition("#")[0].split() for line in lines]
    return [words[1:] for words in plain if words[:1] == [program]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A clean machine: no settings but those of the README, the programs of this Python first."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    programs = [str(Path(sys.executable).parent), os.environ["PATH"]]
    if shutil.which("curl") is None:
        (tmp_path / "curl").symlink_to(ROOT / "tests" / "curl.py")
        programs.insert(0, str(tmp_path))
    unset = {setting.name: "" for setting in config.SETTINGS}  # so that no .env comes in
    return {
        **os.environ,
        **unset,
        "PATH": os.pathsep.join(programs),
        "ENVIRONMENT": "development",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'learnpath.db'}",
        "PORT": port,
        "WEB_CONCURRENCY": "1",
    }


@pytest.fixture
def live(environment: dict[str, str]) -> Iterator[str]:
    """The service, started by the README's own commands; its address without the scheme."""
    for command in by_hand("flask"):
        subprocess.run(command, shell=True, check=True, cwd=ROOT, env=environment)
    (command,) = by_hand("gunicorn")
    address = f"127.0.0.1:{environment['PORT']}"
    server = subprocess.Popen(command.split(), cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 20
        while server.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://{address}/docs", timeout=5).close()
                break
            time.sleep(0.05)
        assert server.poll() is None
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def test_the_readme_is_short():
    assert len(README.split()) <= 1500


@pytest.mark.exhaustive
def test_the_tour_shows_what_the_readme_says(live, environment):
    tour = blocks("tour")
    script = "\n".join(text if language == "sh" else "echo END" for language, text in tour)
    script = script.replace("127.0.0.1:8000", live)
    ran = subprocess.run(
        ["sh", "-eu"], input=script, text=True, capture_output=True, env=environment, check=True
    )
    shown = "".join(text + "END\n" for language, text in tour if language == "text")
    now = "2026-01-01T00:00:00.000000Z"
    assert MOMENT.sub(now, ran.stdout) == MOMENT.sub(now, shown)
    assert ran.stderr == ""


def test_the_way_without_make_begins_like_the_guide():
    ((_, text),) = blocks("by hand")
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)
    assert text.splitlines()[:4] == [
        "python3 -m venv .venv",
        ". .venv/bin/activate",
        "pip install -r requirements.txt",
        "cp .env.example .env",
    ]


def test_the_secret_made_by_hand_is_appended_to_a_working_env(environment, tmp_path):
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")
    (line,) = by_hand("python")
    subprocess.run(line, shell=True, check=True, cwd=tmp_path, env=environment)
    assert config.secret_weakness(dotenv_values(tmp_path / ".env")["SECRET_KEY"]) is None


def test_copied_as_it_is_the_example_gives_a_development_service(monkeypatch):
    for setting in config.SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    for name, value in dotenv_values(ROOT / ".env.example").items():
        monkeypatch.setenv(name, value)
    assert config.load()["ENVIRONMENT"] == "development"


def test_the_example_names_every_setting_with_its_meaning_and_default():
    assert (ROOT / ".env.example").read_text("utf-8") == settings_table.env_example()


def test_a_page_names_every_setting_with_its_default_and_meaning():
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for setting in config.SETTINGS:
        assert f"| `{setting.name}` |" in page
        assert f"| {setting.help} |" in page
    for constant in (*CONSTANTS, *TIMEOUTS, *RATES):
        assert f"| `{constant.name}` |" in page


def test_the_readme_names_the_settings_that_most_people_set():
    assert settings_table.common_settings() in README, "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_file_and_folder_that_a_page_names_exists(page):
    named = re.findall(r"`([\w.*-]+(?:/[\w.*-]*)*)`", page.read_text("utf-8"))
    roots = {entry.name for entry in ROOT.iterdir()}
    paths = {
        name
        for name in named
        if name.endswith(("/", *SUFFIXES)) or ("/" in name and name.split("/")[0] in roots)
    }
    missing = [name for name in sorted(paths) if not any(ROOT.glob(name))]
    places = (page.parent, ROOT / "docs", ROOT / "learnpath", ROOT / "tests")
    found = [name for name in missing if any(any(place.glob(f"**/{name}")) for place in places)]
    assert sorted(set(missing) - set(found)) == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_within_the_repository_leads_somewhere(page):
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    inside = [target for target in targets if "://" not in target]
    assert [target for target in inside if not (page.parent / target).exists()] == []


def test_every_feature_has_its_row_in_the_readme():
    folders = sorted(file.parent.name for file in (ROOT / "learnpath").glob("*/__init__.py"))
    assert [name for name in folders if f"| `learnpath/{name}/` |" not in README] == []


@pytest.fixture(scope="module")
def flask() -> FlaskGroup:
    """The command `flask`, with those of this project."""
    app = create_app({**SETTINGS, "DATABASE_URL": "sqlite:///nobody-opens-this.db"})
    return FlaskGroup(create_app=lambda: app)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_flask_command_that_a_page_gives_exists(page, flask):
    info = ScriptInfo(create_app=flask.create_app)
    with click.Context(flask, obj=info) as context:
        for words in commands("flask", page.read_text("utf-8")):
            command: click.Command = flask
            options = [word for word in words if word.startswith("--") and word != "--help"]
            for word in words:
                if isinstance(command, click.Group) and not word.startswith("--"):
                    found = command.get_command(context, word)
                    assert found is not None, f"flask {' '.join(words)}"
                    command = found
            known = {spelling for option in command.params for spelling in option.opts}
            assert set(options) <= known, f"flask {' '.join(words)}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_that_a_page_gives_exists(page):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = {words[0] for words in commands("make", page.read_text("utf-8"))}
    assert [
        name for name in targets if not re.search(f"^{name}:.*##", makefile, re.MULTILINE)
    ] == []


def test_every_file_that_pip_is_given_exists():
    given = [word for words in commands("pip") for word in words if word.endswith(".txt")]
    assert set(given) == {"requirements.txt", "requirements-dev.txt"}
    assert all((ROOT / name).is_file() for name in given)


def test_the_changelog_begins_with_the_version_that_the_code_and_setup_cfg_name():
    newest = re.search(r"^## (\d\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    assert newest
    assert newest[1] == VERSION == setup["metadata"]["version"]


def test_every_decision_has_its_number_its_place_in_the_index_and_three_parts():
    index = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    numbers = [int(page.name[:4]) for page in DECISIONS[:-1]]
    assert numbers == list(range(1, len(DECISIONS)))
    for page in DECISIONS[:-1]:
        text = page.read_text("utf-8")
        title = text.partition("\n")[0].removeprefix("# ")
        assert title.startswith(f"{page.name[:4]} ")
        assert f"- [{title}]({page.name})" in index
        assert re.findall("^## (.+)$", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]
