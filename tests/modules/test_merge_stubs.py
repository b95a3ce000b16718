"""Making a stub part of a real module, without losing what learners reported."""


def test_progress_is_carried_over_and_the_old_slug_works_on(api, alice, ada, make):
    make.path("python", ["loops"])
    me = api.as_(alice)
    me.post("/paths/python/enrollments", {}, expect=201)
    me.post("/users/me/progress", {"module_id": "lups", "completed": True})
    me.put("/users/me/progress/loops", {"time_spent_delta": 600})
    assert api.as_(ada).get("/stubs")[0]["learners"] == 1
    before = len(me.get("/users/me/progress/events"))
    api.as_(ada).post("/modules/lups/merge", {"into": "loops"})
    record = me.get("/users/me/progress/lups")
    assert (record["module"], record["status"], record["time_spent"]) == ("loops", "completed", 600)
    assert len(me.get("/users/me/progress/events")) == before
    assert me.get("/users/me")["progress"] == {"loops": True}
    assert me.get("/users/me/enrollments")[0]["status"] == "completed"
    assert api.get("/modules/lups")["slug"] == "loops"
    report = {"module_id": "lups", "completed": True}
    assert me.post("/users/me/progress", report)["changed"] is False
    api.as_(ada).post("/modules", {"slug": "lups", "title": "Lups"}, expect=409)


def test_only_a_stub_can_be_merged(api, ada, make):
    make.module("loops")
    make.module("functions")
    refusal = api.as_(ada).post("/modules/loops/merge", {"into": "functions"}, expect=409)
    assert refusal["type"] == "/problems/not-a-stub"
