"""What a learner has achieved, with dates."""

from ..actions import arrange, do, join
from ..auth.time_travel import travel


def transcript_of(api, alice, path):
    """Let Alice complete `loops` and then `lists`, and begin `sets`."""
    join(api, alice, path)
    loops = do(api, alice, "loops", score=90, time_spent_delta=600)
    with travel(minutes=20):
        lists = do(api, alice, "lists")
        do(api, alice, "sets", status="in_progress")
    dates = [answer["progress"]["first_completed_at"] for answer in (loops, lists)]
    return dates, api.as_(alice).get("/users/me/transcript")


def test_it_lists_completed_paths_and_modules_in_the_order_of_completion(api, make, alice):
    path = make.path("basics", ["loops", "lists"])
    make.module("sets")
    dates, found = transcript_of(api, alice, path)
    assert [one["slug"] for one in found["modules"]] == ["loops", "lists"]
    assert [one["slug"] for one in found["paths"]] == ["basics"]
    first, second = found["modules"]
    assert [first["completed_at"], second["completed_at"]] == dates
    assert (first["score"], first["time_spent"]) == (90, 600)
    assert (second["score"], second["time_spent"]) == (None, 0)
    assert dates[0] < dates[1] <= found["paths"][0]["completed_at"]


def test_a_date_stays_when_a_module_is_completed_again(api, make, alice):
    make.module("loops")
    date = do(api, alice, "loops")["progress"]["first_completed_at"]
    with travel(minutes=20):
        do(api, alice, "loops", status="in_progress")
        assert api.as_(alice).get("/users/me/transcript")["modules"] == []
        do(api, alice, "loops")
    (loops,) = api.as_(alice).get("/users/me/transcript")["modules"]
    assert loops["completed_at"] == date


def test_a_completed_path_stays_when_it_asks_for_more(api, make, alice, ada):
    path = make.path("basics", ["loops", "lists"])
    make.module("sets")
    before = transcript_of(api, alice, path)[1]["paths"]
    arrange(api, ada, path, ["loops", "lists", "sets"])
    assert len(before) == 1
    assert api.as_(alice).get("/users/me/transcript")["paths"] == before


def test_nothing_achieved_is_two_empty_lists(api, alice):
    assert api.as_(alice).get("/users/me/transcript") == {"paths": [], "modules": []}
