"""Who reads and writes the progress of a learner."""

import pytest

from ..actions import do, join, name_author

READ = ("progress", "progress/loops", "progress/events", "paths/python", "next")


@pytest.fixture
def hedy(make):
    """Hedy teaches another path, which has the same module."""
    return make.user("hedy", "instructor")


@pytest.fixture
def two_paths(api, ada, grace, hedy, make):
    """Grace's path and Hedy's."""
    for slug, author in (("python", grace), ("snakes", hedy)):
        make.path(slug, ["loops", {"slug": "extra", "required": False}])
        name_author(api, ada, slug, author)


@pytest.fixture
def enrollment(api, alice, two_paths):
    """Alice follows Grace's path and has begun."""
    enrollment = join(api, alice, "python")
    do(api, alice, "loops", "in_progress")
    return enrollment


@pytest.fixture
def machine_with(api, make):
    """Speak as a machine whose key has one scope."""
    return lambda scope: api.as_(make.key(scope))


def read(client, learner, expect=200):
    for place in READ:
        client.get(f"/users/{learner.id}/{place}", expect=expect)


def write(client, learner, expect=200):
    url = f"/users/{learner.id}/progress"
    client.put(f"{url}/loops", {"percent": 50}, expect=expect)
    client.post(f"{url}/extra/skip", expect=expect)
    client.delete(f"{url}/extra/skip", expect=expect)
    client.delete(f"{url}/loops", expect=expect)


def waive(client, learner, expect=200):
    url = f"/users/{learner.id}/progress/extra/waive"
    client.post(url, {"reason": "Knows it."}, expect=expect)
    client.delete(url, expect=expect)


def test_i_read_and_write_my_own(api, alice, enrollment):
    read(api.as_(alice), alice)
    write(api.as_(alice), alice)
    waive(api.as_(alice), alice, expect=403)


def test_the_instructor_of_this_path_reads_and_writes(api, alice, grace, enrollment):
    read(api.as_(grace), alice)
    waive(api.as_(grace), alice)
    write(api.as_(grace), alice)


def test_an_admin_reads_and_writes(api, alice, ada, enrollment):
    read(api.as_(ada), alice)
    waive(api.as_(ada), alice)
    write(api.as_(ada), alice)


def test_the_instructor_of_another_path_may_nothing(api, alice, hedy, enrollment):
    read(api.as_(hedy), alice, expect=403)
    write(api.as_(hedy), alice, expect=403)
    waive(api.as_(hedy), alice, expect=403)


def test_other_learners_may_nothing_and_strangers_neither(api, alice, mallory, enrollment):
    for client, refused in ((api.as_(mallory), 403), (api, 401)):
        read(client, alice, expect=refused)
        write(client, alice, expect=refused)
        waive(client, alice, expect=refused)
    assert api.as_(mallory).get("/users/999999/progress", expect=403)  # same as unknown


def test_who_taught_me_may_nothing_after_i_leave(api, alice, grace, enrollment):
    api.as_(alice).delete(f"/enrollments/{enrollment['id']}")
    read(api.as_(grace), alice, expect=403)
    write(api.as_(grace), alice, expect=403)
    waive(api.as_(grace), alice, expect=403)
    join(api, alice, "python")
    read(api.as_(grace), alice)


def test_who_taught_me_still_reads_when_i_am_done(api, alice, grace, enrollment):
    do(api, alice, "loops")
    read(api.as_(grace), alice)


def test_who_is_an_author_no_more_may_nothing(api, alice, ada, grace, enrollment):
    name_author(api, ada, "python", ada)
    read(api.as_(grace), alice, expect=403)
    write(api.as_(grace), alice, expect=403)


def test_an_instructor_reads_the_progress_of_no_instructor(api, grace, hedy, two_paths):
    do(api, hedy, "loops")
    read(api.as_(grace), hedy, expect=403)


@pytest.mark.parametrize(
    ("scope", "reading", "writing"),
    [
        ("progress:read", 200, 403),
        ("progress:write", 403, 200),
        ("enrollments:write", 403, 403),
        ("reports:read", 403, 403),
    ],
)
@pytest.mark.usefixtures("enrollment")
def test_a_machine_may_what_its_scopes_say(machine_with, alice, scope, reading, writing):
    machine = machine_with(scope)
    read(machine, alice, expect=reading)
    write(machine, alice, expect=writing)
    waive(machine, alice, expect=403)
