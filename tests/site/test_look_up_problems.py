"""Looking up what a problem type means: a page for people, JSON for machines."""

import pytest

from learnpath.errors import Problem
from learnpath.site.problems import explanations

from ..openapi_coverage import document, problems_of


@pytest.fixture
def ask(app):
    """GET a page, saying which form one would like."""

    def ask(url, accept=None, expect=200):
        headers = {"Accept": accept} if accept else {}
        response = app.test_client().get(url, headers=headers)
        assert response.status_code == expect
        return response

    return ask


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/html", "text/html"),
        ("application/json", "application/json"),
        ("application/json;q=0.9, text/html;q=0.1", "application/json"),
        ("*/*", "application/json"),
        (None, "application/json"),
        ("image/png", "application/json"),
    ],
)
@pytest.mark.parametrize("url", ["/problems", "/problems/email-taken"])
def test_people_get_a_page_and_machines_get_json(ask, url, accept, mimetype):
    assert ask(url, accept).mimetype == mimetype


def test_a_machine_reads_what_a_problem_means(ask):
    explanation = ask("/problems/email-taken").json
    assert (
        explanation
        | {
            "type": "/problems/email-taken",
            "title": "Email taken",
            "status": 409,
            "meaning": "This email address already has an account.\n\n"
            "Log in with it, or register another address.",
            "general": False,
        }
        == explanation
    )


def test_a_person_reads_what_a_problem_means(ask):
    page = ask("/problems/email-taken", "text/html").text
    assert "Email taken" in page
    assert "409" in page
    assert "<p>Log in with it, or register another address.</p>" in page


def test_the_list_names_every_problem_in_order(ask):
    problems = ask("/problems").json
    types = [problem["type"] for problem in problems]
    assert types == sorted(types)
    assert len(types) > 25
    page = ask("/problems", "text/html").text
    for problem in problems:
        assert f'href="{problem["type"]}"' in page


@pytest.mark.parametrize("name", ["no-such", "Email-Taken", "email_taken", "%00", "refusal"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_unknown_problem_is_not_found(ask, name, accept):
    problem = ask(f"/problems/{name}", accept, expect=404).json
    assert problem["type"] == "/problems/not-found"


def test_every_refusal_that_the_service_knows_leads_to_its_explanation(ask):
    assert len(Problem.registry) > 15
    for name, refusal in Problem.registry.items():
        explanation = ask(f"/problems/{name}").json
        assert explanation["status"] == refusal.status
        assert explanation["meaning"].startswith(refusal.summary())
        assert refusal.summary().endswith("."), name


def test_every_refusal_says_what_it_means_itself():
    for refusal in Problem.registry.values():
        assert refusal.__doc__ not in {base.__doc__ for base in refusal.__bases__}


@pytest.mark.parametrize(
    ("method", "url", "more"),
    [
        ("GET", "/no-such-page", {}),
        ("POST", "/docs", {}),
        ("GET", "/api/v1/users/me", {}),
        ("GET", "/api/v1/users/me", {"headers": {"Authorization": "Bearer x"}}),
        ("GET", "/api/v1/modules/no-such", {}),
        ("GET", "/api/v1/paths/no-such", {}),
        ("GET", "/api/v1/paths?page_size=0", {}),
        ("POST", "/api/v1/users/login", {"data": "{", "content_type": "application/json"}),
        ("POST", "/api/v1/users/login", {"data": "a", "content_type": "text/plain"}),
        ("POST", "/api/v1/users/login", {"json": {"email": "a@example.org", "password": "b"}}),
        (
            "POST",
            "/api/v1/users/login",
            {"data": b" " * (1024 * 1024 + 1), "content_type": "application/json"},
        ),
    ],
)
def test_the_type_of_a_refusal_leads_to_its_explanation(app, ask, method, url, more):
    problem = app.test_client().open(url, method=method, **more)
    assert problem.status_code >= 400
    explanation = ask(problem.json["type"]).json
    assert explanation["status"] == problem.status_code
    assert explanation["title"] == problem.json["title"]


def test_every_status_that_werkzeug_raises_is_explained(ask):
    for status in (400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503):
        assert status in {explanation["status"] for explanation in explanations().values()}


def test_a_problem_shows_its_body_and_which_operations_answer_so(ask):
    explanation = ask("/problems/email-taken").json
    assert explanation["example"]["status"] == 409
    named = [each["operation"] for each in explanation["operations"]]
    assert "POST /api/v1/users/register" in named
    page = ask("/problems/email-taken", "text/html").text
    assert 'href="/docs#/auth/registerUser"' in page
    assert "\n  &#34;type&#34;: &#34;/problems/email-taken&#34;" in page


@pytest.mark.parametrize("name", sorted(Problem.registry))
@pytest.mark.exhaustive
def test_every_operation_that_a_problem_names_documents_it(ask, name):
    for each in ask(f"/problems/{name}").json["operations"]:
        method, address = each["operation"].split()
        operation = document()["paths"][address][method.lower()]
        assert name in problems_of(operation)
