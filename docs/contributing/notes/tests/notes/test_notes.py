"""Private notes about modules."""

import pytest


@pytest.fixture
def loops(make):
    """A published module."""
    return make.module("loops")


def note(api, who, text, **more):
    return api.as_(who).put("/users/me/notes/loops", {"text": text}, **more)


def test_i_read_what_i_noted(api, alice, loops):
    written = note(api, alice, "  Read this again.\n\nSlowly. ")
    assert (written["module"], written["text"]) == ("loops", "Read this again.\n\nSlowly.")
    assert api.as_(alice).get("/users/me/notes") == [written]


def test_a_new_note_replaces_the_one_before(api, alice, loops):
    note(api, alice, "Hard")
    note(api, alice, "Easy")
    assert [one["text"] for one in api.as_(alice).get("/users/me/notes")] == ["Easy"]


def test_a_note_is_deleted_and_the_request_may_be_repeated(api, alice, loops):
    note(api, alice, "Hard")
    for _ in range(2):
        api.as_(alice).delete("/users/me/notes/loops")
    assert api.as_(alice).get("/users/me/notes") == []


@pytest.mark.parametrize("who", ["mallory", "grace", "ada"])
def test_no_other_user_reads_it_not_even_an_admin(api, alice, loops, request, who):
    note(api, alice, "Hard")
    api.as_(request.getfixturevalue(who)).get(f"/users/{alice.id}/notes", expect=403)


def test_an_unknown_module_is_refused(api, alice):
    assert note(api, alice, "Hard", expect=404)["type"] == "/problems/module-not-found"


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "one\x00two", None, 7])
def test_a_bad_text_is_refused(api, alice, loops, text):
    assert list(note(api, alice, text, expect=422)["errors"]) == ["text"]


def test_my_notes_are_deleted_with_my_account(api, alice, mallory, loops):
    note(api, alice, "Hard")
    note(api, mallory, "Soft")
    api.as_(alice).delete(f"/users/{alice.id}")
    assert len(api.as_(mallory).get("/users/me/notes")) == 1


def test_my_notes_are_in_my_export(api, alice, loops):
    note(api, alice, "Hard")
    (exported,) = api.as_(alice).get("/users/me/export")["notes"]
    assert (exported["module_slug"], exported["text"]) == ("loops", "Hard")
