"""The tour is correct: its commands run, it is complete, and it matches the seeded path."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from learnpath.demo.cli import BUNDLED
from learnpath.paths.curriculum import read_curriculum
from tools.docs import ROOT

from .live_server import Server, environment
from .test_readme import FENCE

TOUR = ROOT / "docs" / "tour"
CHAPTERS = sorted(TOUR.glob("[0-9]*.md"))
PAGES_WITH_COMMANDS = [*CHAPTERS, ROOT / "CONTRIBUTING.md", ROOT / "docs" / "cli.md"]
EXERCISE = re.compile(r"pytest docs/tour/exercises/(\w+) -q\n")
OF_THE_GUIDE = [  # in the order of the customer's document
    "project-overview",
    "structure",
    "database",
    "schemas",
    "separation-of-concerns",
    "passwords",
    "tokens",
    "migrations",
    "running",
    "testing",
    "deployment",
    "common-issues",
    "best-practices",
    "requests-and-answers",
]


def named(page):
    return page.stem


def modules_named_by(chapter):
    (line,) = re.findall("^Modules: (.*)$", chapter.read_text("utf-8"), re.MULTILINE)
    return re.findall("`([^`]+)`", line)


def chapters_linked_from():
    path = read_curriculum(BUNDLED / "backend-with-flask.yaml")
    return {
        module["slug"]: [
            link["file"] for link in module["links"] if link.get("file", "").startswith("docs/tour")
        ]
        for module in path["modules"]
    }


def test_the_chapters_come_in_the_order_of_the_guide():
    assert [chapter.stem.partition("-")[2] for chapter in CHAPTERS] == OF_THE_GUIDE
    assert [int(chapter.stem[:2]) for chapter in CHAPTERS] == list(range(1, 15))
    index = (TOUR / "README.md").read_text("utf-8")
    assert re.findall(r"^\d+\. \[.+\]\((.+)\)$", index, re.MULTILINE) == [
        chapter.name for chapter in CHAPTERS
    ]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=named)
def test_a_chapter_has_code_by_reference_one_exercise_and_a_way_on(chapter):
    text = chapter.read_text("utf-8")
    assert len(text.splitlines()) < 150, "a chapter is a few screens"
    exercises = EXERCISE.findall(text)
    assert exercises == [chapter.stem.replace("-", "_")]
    for part in ("task.py", "test_task.py", "solution.py"):
        assert (TOUR / "exercises" / exercises[0] / part).is_file()
    following = CHAPTERS[CHAPTERS.index(chapter) + 1 :][:1]
    assert all(f"]({after.name})" in text for after in following)


def test_a_module_leads_to_its_chapter_and_the_chapter_names_the_module():
    linked = chapters_linked_from()
    assert len(linked) > 20
    for slug, files in linked.items():
        (file,) = files
        assert slug in modules_named_by(ROOT / file), f"{file} does not name {slug}"
    mentions = Counter(slug for chapter in CHAPTERS for slug in modules_named_by(chapter))
    assert mentions == Counter(linked.keys())


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """Run commands in the root of the project, with a running service and the curriculum."""
    folder = tmp_path_factory.mktemp("tour")
    url = f"sqlite:///{folder / 'learnpath.db'}"
    programs = [str(Path(sys.executable).parent), os.environ["PATH"]]
    if shutil.which("curl") is None:
        (folder / "curl").symlink_to(ROOT / "tests" / "curl.py")
        programs.insert(0, str(folder))
    settings = {"ENVIRONMENT": "development"}
    variables = environment(
        DATABASE_URL=url, PATH=os.pathsep.join(programs), PYTHONDONTWRITEBYTECODE=1, **settings
    )

    def run(lines):
        command = ["bash", "-eu", "-o", "pipefail"]
        return subprocess.run(
            command, input=lines, text=True, cwd=ROOT, env=variables,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip

    assert run("flask db upgrade && flask seed").returncode == 0
    server = Server(url, folder / "log", **settings)

    def ask(lines):
        return run(lines.replace("http://127.0.0.1:8000", server.url))

    yield ask
    server.stop()


@pytest.mark.exhaustive
@pytest.mark.parametrize("page", [page for page in PAGES_WITH_COMMANDS if page.exists()], ids=named)
def test_every_command_of_a_page_does_what_the_page_says(shell, page):
    shown = ""
    for language, text in FENCE.findall(page.read_text("utf-8")):
        if language == "sh" and not EXERCISE.fullmatch(text):  # test_exercises.py runs those
            result = shell(text)
            shown = result.stdout
            assert result.returncode == 0, f"{text}\n{shown}"
        if language == "text" and page in CHAPTERS:
            assert [line for line in text.splitlines() if line not in shown] == [], shown
