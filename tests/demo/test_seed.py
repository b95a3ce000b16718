"""Filling an empty service with the curriculum that ships with it."""

import pytest

from learnpath.demo.cli import BUNDLED
from learnpath.paths.curriculum import read_curriculum

GOOD = """\
path: {slug: python, title: Python}
modules:
  - {slug: loops, title: Loops, summary: Again}
"""
BAD = GOOD.replace("slug: python", "slug: PYTHON")
CURRICULA = sorted(BUNDLED.glob("*.yaml"))


@pytest.fixture
def seed(cli):
    """Run `flask seed` with these arguments; return its output."""
    return lambda *arguments, expect=0: cli("seed", *arguments, expect=expect).output


def test_an_operator_seeds_both_paths(api, seed):
    assert seed().splitlines() == [
        "backend-with-flask: created, 22 modules",
        "python-developer: created, 28 modules",
    ]
    assert [path["slug"] for path in api.get("/paths")] == [
        "backend-with-flask",
        "python-developer",
    ]
    places = api.get("/paths/python-developer/modules")
    assert len(places) >= 20
    assert places[0]["module"]["slug"] == "python-basics"
    assert {path["status"] for path in api.get("/paths")} == {"published"}


def test_seeding_again_changes_nothing(api, seed, queries):
    seed()
    before = api.get("/paths"), api.get("/modules?page_size=100")
    queries.clear()
    assert seed().count("unchanged") == 2
    assert [sent for sent in queries if not sent.startswith(("SELECT", "BEGIN"))] == []
    assert (api.get("/paths"), api.get("/modules?page_size=100")) == before


def test_an_operator_seeds_a_folder_of_their_own(api, seed, tmp_path):
    (tmp_path / "python.yaml").write_text(GOOD)
    (tmp_path / "notes.txt").write_text("not a path")
    assert seed("--from", tmp_path) == "python: created, 1 modules\n"
    assert [path["slug"] for path in api.get("/paths")] == ["python"]


def test_one_bad_file_keeps_the_whole_folder_out(api, ada, seed, tmp_path):
    (tmp_path / "a-good.yaml").write_text(GOOD)
    (tmp_path / "b-bad.yaml").write_text(BAD)
    output = seed("--from", tmp_path, "--demo", 3, expect=1)
    assert "b-bad.yaml, line 1: path.slug: Not a slug" in output
    assert output.endswith("Nothing was loaded.\n")
    assert api.get("/paths") == api.get("/modules") == []
    assert [user["name"] for user in api.as_(ada).get("/users")] == ["Ada"]


def test_a_folder_without_files_is_told(seed, tmp_path):
    assert "There is no .yaml file in" in seed("--from", tmp_path, expect=1)


@pytest.mark.parametrize(
    "arguments", [["--from", "no-such-folder"], ["--demo", "-1"], ["--demo", "many"]]
)
def test_a_bad_argument_is_told(api, seed, arguments):
    assert "Error: Invalid value" in seed(*arguments, expect=2)
    assert api.get("/paths") == []


def modules_of(file):
    return read_curriculum(file)["modules"]


BUNDLED_MODULES = [
    pytest.param(module, id=module["slug"]) for file in CURRICULA for module in modules_of(file)
]


@pytest.mark.parametrize("module", BUNDLED_MODULES)
def test_a_shipped_module_says_what_to_learn_and_where_to_read(module, project_root):
    assert len(module["goals"]) >= 3
    assert module["estimated_minutes"]
    assert module["url"].startswith("https://")
    assert 1 <= len(module["links"]) <= 6
    for link in module["links"]:
        if "file" in link:
            assert (project_root / link["file"]).is_file(), link["file"]
        else:
            assert link["url"].startswith("https://")


@pytest.mark.parametrize("file", CURRICULA, ids=lambda file: file.stem)
def test_a_shipped_path_asks_only_for_what_came_before(file):
    seen = set()
    for module in modules_of(file):
        assert seen.issuperset(module["requires"]), module["slug"]
        seen.add(module["slug"])


def test_the_second_path_leads_through_the_code_of_this_project():
    named = {
        link["file"]
        for module in modules_of(BUNDLED / "backend-with-flask.yaml")
        for link in module["links"]
        if "file" in link
    }
    assert {"learnpath/web/parser.py", "learnpath/web/fields.py", "learnpath/db/locks.py"} <= named
    assert {"learnpath/web/openapi.py", "learnpath/errors.py", "learnpath/permissions.py"} <= named
