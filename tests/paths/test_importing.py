"""Importing a path: twice changes nothing, and what has changed is found by slug."""

import copy
from datetime import datetime

import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.paths.curriculum import CurriculumSchema
from learnpath.paths.importer import import_curriculum


@pytest.fixture
def curriculum():
    return CurriculumSchema().load(
        {
            "path": {"slug": "python", "title": "Python", "tags": ["basics", "testing"]},
            "modules": [
                {
                    "slug": slug,
                    "title": slug.title(),
                    "summary": f"About {slug}.",
                    "requires": after,
                }
                for slug, after in [("variables", []), ("loops", ["variables"]), ("classes", [])]
            ],
        }
    )


@pytest.fixture
def load(app):
    """Import and commit; return what the import says it did."""

    def load(curriculum, **more):
        with app.app_context():
            outcome = import_curriculum(copy.deepcopy(curriculum), **more)
            db.session.commit()
        return outcome

    return load


def order(api):
    return [place["module"]["slug"] for place in api.get("/paths/python/modules")]


def take_all_rows(app):
    """Return what every table holds, and empty it. Of a moment count only whether there is one."""
    with app.app_context():
        rows = {
            table.name: [
                [isinstance(value, datetime) or value for value in row]
                for row in db.session.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in db.metadata.sorted_tables
        }
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()
    return rows


def test_a_path_that_the_tests_write_themselves_is_what_an_import_makes(app, load, make):
    modules = ["loops", {"slug": "lists", "requires": ["loops"], "required": False}]
    about = {"order_policy": "sequential"}
    make.path("python", modules, **about)
    written = take_all_rows(app)
    load(make.curriculum("python", modules, **about))
    assert take_all_rows(app) == written
    assert len(written["path_modules"]) == 2


def test_a_first_import_publishes_the_path_and_its_modules(api, load, curriculum):
    assert load(curriculum) == "created"
    assert api.get("/paths/python")["version"] == 1
    assert api.get("/paths/python")["tags"] == ["basics", "testing"]
    assert order(api) == ["variables", "loops", "classes"]
    assert api.get("/modules/loops")["summary"] == "About loops."


def test_a_second_import_writes_nothing(api, load, curriculum, queries):
    load(curriculum)
    before = api.get("/paths/python"), api.get("/paths/python/modules")
    queries.clear()
    assert load(curriculum) == "unchanged"
    assert [sent for sent in queries if not sent.startswith(("SELECT", "BEGIN"))] == []
    assert (api.get("/paths/python"), api.get("/paths/python/modules")) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Python anew"),
        ("description", "From the first prompt."),
        ("level", "advanced"),
        ("tags", ["basics", "web"]),
        ("tags", []),
        ("language", "el"),
        ("order_policy", "sequential"),
    ],
)
def test_what_a_path_says_of_itself_is_updated_and_its_version_stays(
    api, load, curriculum, field, value
):
    load(curriculum)
    curriculum["path"][field] = value
    assert load(curriculum) == "updated"
    assert api.get("/paths/python")[field] == value
    assert api.get("/paths/python")["version"] == 1
    assert load(curriculum) == "unchanged"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Loops anew"),
        ("summary", "Again."),
        ("goals", ["Write one"]),
        ("kind", "exercise"),
        ("url", "https://docs.python.org/3/"),
        ("links", [{"title": "Start", "file": "README.md"}]),
        ("estimated_minutes", 45),
    ],
)
def test_a_changed_module_is_updated(api, load, curriculum, field, value):
    load(curriculum)
    curriculum["modules"][1][field] = value
    assert load(curriculum) == "updated"
    assert api.get("/modules/loops")[field] == value
    assert load(curriculum) == "unchanged"


def without_loops(modules):
    del modules[1]


def turned_around(modules):
    modules.reverse()


def with_one_more(modules):
    modules.insert(1, {**modules[0], "slug": "lists", "title": "Lists"})


def with_loops_optional(modules):
    modules[1]["required"] = False


def with_another_prerequisite(modules):
    modules[2]["requires"] = ["loops"]


@pytest.mark.parametrize(
    "change",
    [
        without_loops,
        turned_around,
        with_one_more,
        with_loops_optional,
        with_another_prerequisite,
    ],
)
def test_a_changed_list_of_modules_is_a_new_version(api, load, curriculum, change):
    load(curriculum)
    change(curriculum["modules"])
    assert load(curriculum) == "updated"
    assert [
        (place["module"]["slug"], place["required"], place["requires"])
        for place in api.get("/paths/python/modules")
    ] == [(entry["slug"], entry["required"], entry["requires"]) for entry in curriculum["modules"]]
    assert api.get("/paths/python")["version"] == 2
    assert load(curriculum) == "unchanged"


def test_a_module_that_left_the_path_stays_with_everybodys_progress(api, alice, load, curriculum):
    load(curriculum)
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    without_loops(curriculum["modules"])
    load(curriculum)
    assert api.get("/modules/loops")["status"] == "published"
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": True}


def test_a_stub_is_adopted_with_the_progress_on_it(api, alice, load, curriculum):
    api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    api.get("/modules/loops", expect=404)
    load(curriculum)
    assert api.get("/modules/loops")["title"] == "Loops"
    assert api.as_(alice).get("/users/me")["progress"] == {"loops": True}
    again = api.as_(alice).post("/users/me/progress", {"module_id": "loops", "completed": True})
    assert again["changed"] is False


def test_a_draft_that_a_file_names_is_published(api, load, make, curriculum):
    make.module("loops", status="draft")
    load(curriculum)
    assert api.get("/modules/loops")["status"] == "published"


def test_the_authors_stay_unless_new_ones_are_named(api, grace, ada, load, curriculum):
    load(curriculum, authors=[grace.id])
    load(curriculum)
    assert api.get("/paths/python")["authors"] == [grace.id]
    load(curriculum, authors=[ada.id, ada.id])
    assert api.get("/paths/python")["authors"] == [ada.id]


def test_two_paths_share_a_module(api, load, curriculum):
    load(curriculum)
    curriculum["path"]["slug"] = "flask"
    curriculum["modules"][1]["title"] = "Loops, told better"
    assert load(curriculum) == "created"
    assert [len(api.get(f"/paths/{path}/modules")) for path in ("python", "flask")] == [3, 3]
    assert api.get("/modules/loops")["title"] == "Loops, told better"


def test_a_failed_import_leaves_nothing_behind(app, api, load, curriculum):
    curriculum["modules"][2]["title"] = None  # no file could say so
    with pytest.raises(sa.exc.IntegrityError):
        load(curriculum)
    assert api.get("/paths") == api.get("/modules") == []
