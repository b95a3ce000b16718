"""A path that is exported, taken to an empty database and exported again is the same file."""

import pytest
import sqlalchemy as sa

from learnpath.db import db
from learnpath.demo.cli import BUNDLED

from ..actions import arrange, draft_path

pytestmark = pytest.mark.exhaustive

ODD = "yes: '2026-02-31' — # ελληνικά🐍"  # YAML could take it for something else


@pytest.fixture
def there_and_back(app, cli, tmp_path):
    """Export a path, forget everything, import the file, and return both exports."""
    file = tmp_path / "path.yaml"

    def run(*words):
        return cli("paths", *words).output

    def travel(slug):
        before = run("export", slug)
        file.write_text(before, encoding="utf-8")
        assert run("import", file).startswith(f"{slug}: unchanged")
        with app.app_context():
            for table in reversed(db.metadata.sorted_tables):
                db.session.execute(sa.delete(table))
            db.session.commit()
        assert run("import", file).startswith(f"{slug}: created")
        return before, run("export", slug)

    return travel


@pytest.mark.parametrize("file", sorted(BUNDLED.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_curriculum_that_ships_makes_the_round_trip(cli, there_and_back, file):
    cli("paths", "import", file)
    before, after = there_and_back(file.stem)
    assert after == before
    assert before.count("status: published") == before.count("slug:")


@pytest.fixture
def rich(api, ada):
    """A draft of a path with everything in it that a path can have."""
    about = {
        "slug": "rich",
        "title": ODD,
        "description": f"Odd.\n\n{ODD}.",
        "level": "advanced",
    }
    more = {"language": "el", "order_policy": "sequential", "tags": ["web", "a-b", "ab", "a1"]}
    api.as_(ada).post("/paths", about | more, expect=201)
    links = [
        {"title": "Start", "file": "README.md"},
        {"title": ODD, "url": "https://a.example/?b#c"},
    ]
    full = {"summary": f"{ODD}\n- none", "goals": [ODD, "0x1F", "null"], "links": links}
    full |= {"kind": "video", "url": "https://docs.python.org/3/", "estimated_minutes": 45}
    for module in (
        {"slug": "1.0", "title": "1.0", "status": "published", **full},
        {"slug": "Null", "title": "~", "status": "published", "revision": 7, "summary": ""},
        {"slug": "later", "title": "Later", "status": "draft"},
        {"slug": "old", "title": "Old", "status": "archived"},
    ):
        api.as_(ada).post("/modules", module, expect=201)
    entries = [
        {"module": "Null"},
        {"module": "old", "required": False, "requires": ["1.0", "Null"]},
        {"module": "1.0", "requires": ["Null"]},
        {"module": "later", "required": False},
    ]
    arrange(api, ada, "rich", entries)
    return "rich"


@pytest.mark.parametrize("status", ["draft", "published", "archived"])
@pytest.mark.usefixtures("rich")
def test_a_path_with_everything_makes_the_round_trip(api, ada, make, there_and_back, status):
    if status != "draft":
        api.as_(ada).post("/paths/rich/publish")
    if status == "archived":
        api.as_(ada).post("/paths/rich/archive")
    before, after = there_and_back("rich")
    assert after == before
    eve = make.user("eve", "admin")
    assert api.as_(eve).get("/paths/rich")["status"] == status
    modules = {
        one["slug"]: (one["status"], one["revision"]) for one in api.as_(eve).get("/modules")
    }
    assert modules == {
        "1.0": ("published", 1),
        "Null": ("published", 7),
        "later": ("draft", 1),
        "old": ("archived", 1),
    }


def test_a_draft_without_modules_makes_the_round_trip(api, ada, there_and_back):
    draft_path(api, ada, "empty")
    before, after = there_and_back("empty")
    assert after == before
