"""Not fetching again what one has, and not overwriting what one has not seen (RFC 9110, 13)."""

import pytest

from ..actions import draft_path

LIST = [{"module": "loops"}]


def tag_of(api, who, url):
    client = api.as_(who)
    client.get(url)
    return client.last.headers["ETag"]


@pytest.fixture(params=["/paths/python", "/modules/loops"])
def place(request, api, grace):
    """A path or a module that Grace made."""
    api.as_(grace).post("/modules", {"slug": "loops", "title": "Loops"}, expect=201)
    draft_path(api, grace, "python", ["loops"])
    return request.param


def test_what_i_have_already_is_not_sent_again(api, grace, place):
    tag = tag_of(api, grace, place)
    client = api.as_(grace)
    for known in (tag, f'"another", {tag}', "*"):
        client.get(place, headers={"If-None-Match": known}, expect=304)
        assert client.last.headers["ETag"] == tag
        assert client.last.data == b""


def test_what_has_changed_is_sent_again(api, grace, place):
    tag = tag_of(api, grace, place)
    api.as_(grace).patch(place, {"title": "Anew"})
    assert api.as_(grace).get(place, headers={"If-None-Match": tag})["title"] == "Anew"
    assert tag_of(api, grace, place) != tag


def test_the_answer_to_a_change_carries_the_tag_to_go_on_with(api, grace, place):
    client = api.as_(grace)
    client.patch(place, {"title": "Anew"})
    tag = client.last.headers["ETag"]
    assert tag == tag_of(api, grace, place)
    client.patch(place, {"title": "Again"}, headers={"If-Match": tag})


@pytest.mark.parametrize("seen", ["the present one", "*", "one of several"])
def test_i_change_the_version_that_i_have_seen(api, grace, place, seen):
    tag = tag_of(api, grace, place)
    match = {"the present one": tag, "*": "*", "one of several": f'"another", {tag}'}[seen]
    assert api.as_(grace).patch(place, {"title": "Mine"}, headers={"If-Match": match})


def test_i_do_not_overwrite_what_i_have_not_seen(api, grace, place):
    stale = {"If-Match": tag_of(api, grace, place)}
    before = api.as_(grace).patch(place, {"title": "Meanwhile"})
    problem = api.as_(grace).patch(place, {"title": "Mine"}, headers=stale, expect=412)
    assert problem["type"] == "/problems/precondition-failed"
    api.as_(grace).delete(place, headers=stale, expect=412)
    assert api.as_(grace).get(place) == before


def test_a_weak_tag_matches_no_change(api, grace, place):
    weak = {"If-Match": f"W/{tag_of(api, grace, place)}"}
    api.as_(grace).patch(place, {"title": "Mine"}, headers=weak, expect=412)


def test_no_tag_is_ever_demanded(api, grace, place):
    api.as_(grace).patch(place, {"title": "Mine"})
    api.as_(grace).put("/paths/python/modules", LIST)
    api.as_(grace).delete("/paths/python")


def test_i_order_the_modules_of_the_version_that_i_have_seen(api, grace, place):
    seen = {"If-Match": tag_of(api, grace, "/paths/python")}
    client = api.as_(grace)
    client.put("/paths/python/modules", [], headers=seen)
    assert client.last.headers["ETag"] == tag_of(api, grace, "/paths/python")
    client.put("/paths/python/modules", LIST, headers=seen, expect=412)
    assert api.as_(grace).get("/paths/python")["module_count"] == 0


def test_a_draft_that_i_may_not_see_says_404_whatever_tag_i_send(api, mallory, grace, place):
    for tag in ("*", tag_of(api, grace, place)):
        api.as_(mallory).get(place, headers={"If-None-Match": tag}, expect=404)
