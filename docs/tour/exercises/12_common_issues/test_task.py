"""Real problems of the service are explained."""

import pytest

from tests.actions import join

from .task import advice


@pytest.fixture
def refused(app):
    """Send a request that is refused; return the problem."""

    def refused(method, address, expect, person=None, **more):
        headers = {"Authorization": f"Bearer {person.token}"} if person else {}
        client = app.test_client()
        answer = client.open(f"/api/v1{address}", method=method, headers=headers, **more)
        assert answer.status_code == expect, "the exercise is out of date"
        return answer.get_json()

    return refused


def test_an_anonymous_user_is_asked_to_log_in(refused):
    assert "log in" in advice(refused("GET", "/users/me", 401)).lower()


def test_a_form_is_answered_with_the_right_header(refused, alice):
    problem = refused("POST", "/users/me/progress", 415, alice, data="module_id=loops")
    assert "Content-Type: application/json" in advice(problem)


def test_wrong_fields_are_named(refused):
    problem = refused("POST", "/users/register", 422, json={"name": "Nora", "email": "nowhere"})
    assert {"email", "password"} <= set(advice(problem).replace(".", "").replace(",", "").split())


def test_the_modules_to_do_first_are_named(api, refused, alice, make):
    make.path("python", ["variables", {"slug": "loops", "requires": ["variables"]}])
    join(api, alice, "python")
    report = {"module_id": "loops", "completed": True}
    assert "variables" in advice(refused("POST", "/users/me/progress", 409, alice, json=report))


def test_any_other_problem_is_explained_by_its_detail(refused):
    problem = refused("GET", "/paths/basket-weaving", 404)
    assert advice(problem) == problem["detail"]
