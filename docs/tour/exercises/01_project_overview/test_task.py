"""A new learner completes a module, and the service stores it."""

from tests.cast import PASSWORD

from .task import first_steps


def test_a_newcomer_has_completed_the_first_module(app):
    progress = first_steps(app.test_client(), "Nora", "nora@example.org", PASSWORD)
    assert progress == {"python-basics": True}


def test_the_service_stores_it(app, api):
    first_steps(app.test_client(), "Nora", "nora@example.org", PASSWORD)
    login = {"email": "nora@example.org", "password": PASSWORD}
    token = api.post("/users/login", login)["access_token"]
    me = api.get("/users/me", headers={"Authorization": f"Bearer {token}"})
    assert (me["name"], me["progress"]) == ("Nora", {"python-basics": True})
