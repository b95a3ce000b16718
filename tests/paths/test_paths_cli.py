"""`flask paths import, export and validate`: paths in and out as YAML."""

import pytest
import yaml

from ..actions import arrange, do, draft_path, join

FILE = """\
path:
  slug: python
  title: 'Python: from the start — ελληνικά'
  description: |-
    From the first prompt.

    To the last.
  level: advanced
  language: el
  order_policy: sequential
  status: published
  tags:
  - basics
  - web
modules:
- slug: variables
  title: Variables
  summary: Names of things.
  goals:
  - Give one a name
  kind: video
  url: https://docs.python.org/3/
  links:
  - title: Start
    file: README.md
  - title: More
    url: https://example.org/
  estimated_minutes: 45
  status: published
  revision: 1
  required: true
  requires: []
- slug: loops
  title: 'yes'
  summary: Again and again.
  goals: []
  kind: lesson
  links: []
  status: published
  revision: 2
  required: false
  requires:
  - variables
"""


@pytest.fixture
def run(cli):
    """Run `flask paths …` and return its exit status and its output."""

    def run(*words):
        result = cli("paths", *words, expect=None)
        return result.exit_code, result.output

    return run


@pytest.fixture
def file(tmp_path):
    """A curriculum."""
    file = tmp_path / "python.yaml"
    file.write_text(FILE, encoding="utf-8")
    return file


def test_a_path_is_imported_and_published(api, run, file):
    assert run("import", file) == (0, "python: created, 2 modules\n")
    path = api.get("/paths/python")
    assert (path["status"], path["title"]) == ("published", "Python: from the start — ελληνικά")
    assert [place["module"]["slug"] for place in api.get("/paths/python/modules")] == [
        "variables",
        "loops",
    ]


def test_importing_again_changes_nothing(api, run, file):
    run("import", file)
    before = api.get("/paths/python"), api.get("/paths/python/modules")
    assert run("import", file) == (0, "python: unchanged, 2 modules\n")
    assert (api.get("/paths/python"), api.get("/paths/python/modules")) == before


def test_what_is_exported_is_what_was_imported(run, file):
    run("import", file)
    status, text = run("export", "python")
    assert status == 0
    assert yaml.safe_load(text) == yaml.safe_load(FILE)


def test_what_is_exported_is_taken_back_unchanged(run, file):
    run("import", file)
    _, text = run("export", "python")
    file.write_text(text, encoding="utf-8")
    assert run("import", file) == (0, "python: unchanged, 2 modules\n")


def test_an_import_says_who_may_edit(api, grace, run, file):
    assert run("import", file, "--author", grace.email)[1] == "python: created, 2 modules\n"
    assert api.get("/paths/python")["authors"] == [grace.id]
    run("import", file)  # has no authors, so they stay
    assert api.get("/paths/python")["authors"] == [grace.id]
    api.as_(grace).patch("/paths/python", {"title": "Mine"})


def test_other_authors_are_news(api, grace, ada, run, file):
    run("import", file, "--author", grace.email)
    both = ("--author", ada.email, "--author", grace.email)
    assert run("import", file, *both)[1] == "python: updated, 2 modules\n"
    assert api.get("/paths/python")["authors"] == [grace.id, ada.id]
    assert run("import", file, *both)[1] == "python: unchanged, 2 modules\n"
    assert api.get("/paths/python")["version"] == 1


def test_an_author_who_is_not_there_stops_the_import(api, run, file):
    status, said = run("import", file, "--author", "nobody@example.org")
    assert (status, said) == (1, "Error: There is no account for nobody@example.org.\n")
    assert api.get("/paths") == []


@pytest.mark.parametrize(
    ("mistake", "line", "reason"),
    [
        (("level: advanced", "level: expert"), 8, "path.level: Must be one of"),
        (("- variables\n", "- snakes\n"), 43, "There is no module snakes in this path."),
        (("slug: loops", "slug: variables"), 33, "This module is already in the path."),
        (("requires: []", "requires: [loops]"), 32, "These require each other: "),
        (("title: Variables", "title: ["), 19, ""),
    ],
)
def test_a_bad_file_is_told_in_a_sentence(run, file, mistake, line, reason):
    file.write_text(FILE.replace(*mistake), encoding="utf-8")
    status, said = run("import", file)
    assert status == 1
    assert said.startswith(f"Error: {file}, line {line}: ")
    assert reason in said
    assert said.endswith("Nothing was loaded.\n")
    assert run("export", "python")[0] == 1  # it is not there


def nothing_required(text):
    return text.replace("required: true", "required: false")


def circle_in_sequence(text):
    later = text.replace("required: false", "required: true")
    later = later.replace("requires: []", "requires: [loops]")
    return later.replace("requires:\n  - variables", "requires: []")


@pytest.mark.parametrize("spoil", [nothing_required, circle_in_sequence])
def test_a_path_that_nobody_can_complete_is_not_imported(api, run, file, spoil):
    run("import", file)
    before = api.get("/paths/python/modules")
    file.write_text(spoil(FILE), encoding="utf-8")
    status, said = run("import", file)
    assert status == 1
    assert said.startswith("Error: This path could not be completed")
    assert api.get("/paths/python/modules") == before


def test_a_file_makes_no_draft_of_what_was_published(api, run, file):
    run("import", file)
    file.write_text(FILE.replace("status: published\n  tags", "status: draft\n  tags"), "utf-8")
    refused = "Error: status: What was published never becomes a draft again.\n"
    assert run("import", file) == (1, refused)
    assert api.get("/paths/python")["status"] == "published"


def test_a_file_brings_no_circle_not_even_in_a_draft(run, file):
    file.write_text(
        circle_in_sequence(FILE).replace("status: published\n  tags", "status: draft\n  tags")
    )
    status, said = run("import", file)
    assert (status, said.startswith("Error: requires: These modules require")) == (1, True)


def test_a_file_takes_no_revision_back(api, run, file):
    run("import", file)
    file.write_text(FILE.replace("revision: 2", "revision: 1"), encoding="utf-8")
    assert run("import", file) == (1, "Error: revision: A revision never goes back.\n")
    file.write_text(FILE.replace("  revision: 2\n", ""), encoding="utf-8")
    assert run("import", file) == (0, "python: unchanged, 2 modules\n")
    assert api.get("/modules/loops")["revision"] == 2


def test_a_file_hides_no_module_that_another_path_requires(api, make, run, file):
    run("import", file)
    make.path("snakes", ["loops"])
    file.write_text(FILE.replace("published\n  revision: 2", "archived\n  revision: 2"), "utf-8")
    status, said = run("import", file)
    assert (status, said.startswith("Error: This path could not be completed: loops")) == (1, True)
    assert api.get("/modules/loops")["status"] == "published"


def test_a_file_that_hides_what_i_had_not_done_completes_other_paths(api, ada, alice, run, file):
    run("import", file)
    draft_path(api, ada, "snakes", ["variables", "loops"])
    api.as_(ada).post("/paths/snakes/publish")
    join(api, alice, "snakes")
    do(api, alice, "variables")
    api.as_(ada).post("/paths/snakes/archive")
    file.write_text(FILE.replace("published\n  revision: 2", "archived\n  revision: 2"), "utf-8")
    assert run("import", file)[0] == 0
    assert api.as_(alice).get("/users/me/paths/snakes")["status"] == "completed"


def test_a_file_does_not_bring_a_merged_module_back(api, ada, make, run, file):
    make.module("rings")
    make.module("loops", status="uncatalogued")
    api.as_(ada).post("/modules/loops/merge", {"into": "rings"})
    assert run("import", file) == (1, "Error: loops was merged into another module.\n")


def test_a_draft_of_the_same_name_is_published_with_what_the_file_says(api, ada, run, file):
    draft_path(api, ada, "python")
    assert run("import", file)[1] == "python: updated, 2 modules\n"
    path = api.get("/paths/python")
    assert (path["status"], path["authors"]) == ("published", [ada.id])


def test_an_archived_path_stays_archived_unless_the_file_says_else(api, ada, run, file):
    run("import", file)
    api.as_(ada).post("/paths/python/archive")
    file.write_text(FILE.replace("  status: published\n", ""), encoding="utf-8")
    assert run("import", file)[1] == "python: unchanged, 2 modules\n"
    assert api.as_(ada).get("/paths/python")["status"] == "archived"
    file.write_text(FILE, encoding="utf-8")
    assert run("import", file)[1] == "python: updated, 2 modules\n"
    assert api.get("/paths/python")["status"] == "published"


def test_a_path_is_validated(api, ada, run, file, make):
    run("import", file)
    assert run("validate", "python") == (0, "python can be completed.\n")
    make.module("sketch", status="draft")
    draft_path(api, ada, "snakes")
    arrange(api, ada, "snakes", ["sketch"])
    assert run("validate", "snakes") == (
        1,
        "sketch is required but draft, so no learner can complete it\n"
        "snakes requires no published module, so it is never complete\n",
    )


@pytest.mark.parametrize("command", ["export", "validate"])
def test_a_path_that_is_not_there_is_told_in_a_sentence(run, command):
    status, said = run(command, "snakes")
    assert (status, said) == (1, "Error: There is no such path, or it is not published.\n")
