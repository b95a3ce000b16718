"""Adding reported modules to the catalogue."""

import pytest

NEW = {"slug": "loops", "title": "Loops"}
REPORT = {"module_id": "loops", "completed": True}


@pytest.mark.parametrize("way", ["PATCH", "POST"])
def test_a_stub_is_adopted_with_everybodys_progress(api, alice, mallory, grace, way):
    api.as_(alice).post("/users/me/progress", REPORT)
    api.as_(mallory).post("/users/me/progress", REPORT | {"completed": False})
    before = api.as_(alice).get("/users/me/progress/loops")
    if way == "PATCH":
        adopted = api.as_(grace).patch("/modules/loops", {"title": "Loops"})
    else:
        adopted = api.as_(grace).post("/modules", NEW, expect=201)
    assert (adopted["title"], adopted["status"], adopted["revision"]) == ("Loops", "draft", 1)
    assert api.as_(alice).get("/users/me/progress/loops") == before
    assert api.as_(mallory).get("/users/me")["progress"] == {"loops": False}
    assert api.as_(grace).get("/modules?status=uncatalogued") == []
    api.as_(grace).patch("/modules/loops", {"status": "published"})
    assert api.get("/modules/loops")["title"] == "Loops"


def test_whoever_adopts_a_stub_is_its_maker(api, alice, grace, hedy):
    api.as_(alice).post("/users/me/progress", REPORT)
    api.as_(grace).patch("/modules/loops", {"title": "Loops"})
    api.as_(hedy).patch("/modules/loops", {"title": "Mine"}, expect=403)
    api.as_(hedy).post("/modules", NEW, expect=409)


def test_a_stub_can_be_published_in_one_step(api, alice, grace):
    api.as_(alice).post("/users/me/progress", REPORT)
    api.as_(grace).patch("/modules/loops", {"title": "Loops", "status": "published"})
    assert api.get("/modules/loops")["status"] == "published"


def test_a_stub_is_not_merged_into_a_draft_that_i_do_not_see(api, alice, grace, make):
    api.as_(alice).post("/users/me/progress", {"module_id": "lups", "completed": True})
    make.module("loops", status="draft")
    api.as_(grace).post("/modules/lups/merge", {"into": "loops"}, expect=404)
    api.as_(make.key("catalogue:write")).post("/modules/lups/merge", {"into": "loops"})
