"""The OpenAPI document is complete: rules, examples and refusals of every operation."""

import json
import re

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from learnpath import create_app
from learnpath.errors import Problem
from tools import openapi_document

from .apps import SETTINGS
from .openapi_coverage import document as the_document
from .openapi_coverage import problems_of, resolved

TAGS = """auth recovery paths modules enrollments progress progress-events exemptions activity
    reports users api-keys""".split()
JSON = "application/json"


@pytest.fixture(scope="module")
def app():
    return create_app(SETTINGS)


@pytest.fixture(scope="module")
def document(app):
    return the_document()


@pytest.fixture(scope="module")
def operations(document):
    """Every operation by its name, with the address and all its parameters."""
    return {
        operation["operationId"]: operation
        | {"place": f"{verb.upper()} {address}", "parameters": parameters(item, operation)}
        for address, item in document["paths"].items()
        for verb, operation in item.items()
        if verb != "parameters"
    }


def parameters(item, operation):
    """The parameters of an operation; its own go before those of its address."""
    several = [*item.get("parameters", []), *operation.get("parameters", [])]
    return {parameter["name"]: parameter for parameter in map(resolved, several)}


def assert_fits(document, schema, example, place):
    judge = jsonschema_rs.Draft202012Validator(
        {**schema, "components": document["components"]}, validate_formats=True
    )
    assert [fault.message for fault in judge.iter_errors(example)] == [], place


def test_the_committed_document_is_that_of_the_code(document):
    committed = openapi_document.TARGET.read_text(encoding="utf-8")
    assert committed == openapi_document.written(), "run: make openapi"


def test_a_public_validator_finds_nothing_wrong(document):
    validate(json.loads(json.dumps(document)))


def test_every_operation_has_a_summary_and_tells_its_rule(operations):
    for operation in operations.values():
        assert re.fullmatch(r"[A-Z].*\.", operation["summary"]), operation["place"]
        rule, who = operation["description"].rsplit("\n\n", 1)
        assert len(rule) > 30, operation["place"]
        assert rule.endswith("."), operation["place"]
        assert re.fullmatch(r"\*\*Who may:\*\* .+\.", who), operation["place"]


def test_operation_ids_are_a_verb_and_an_object(operations):
    for name, operation in operations.items():
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", name), operation["place"]


def test_tags_stand_in_reading_order_and_are_described(document, operations):
    assert [tag["name"] for tag in document["tags"]] == TAGS
    assert all(tag["description"].endswith(".") for tag in document["tags"])
    used = [operation["tags"] for operation in operations.values()]
    assert sorted(used, key=lambda tags: TAGS.index(tags[0])) == used
    assert {tag for tags in used for tag in tags} == set(TAGS)


def test_every_request_has_an_example_that_its_schema_takes(document, operations):
    bodies = 0
    for operation in operations.values():
        content = operation.get("requestBody", {}).get("content", {})
        if content:
            bodies += 1
            body = content[JSON]
            assert_fits(document, body["schema"], body["example"], operation["place"])
    assert bodies > 20


def test_every_answer_has_an_example_that_its_schema_describes(document, operations):
    answers = 0
    for operation in operations.values():
        for status, answer in operation["responses"].items():
            content = resolved(answer).get("content", {}).get(JSON)
            if content:
                answers += 1
                several = content.get("examples", {"only": {"value": content.get("example")}})
                for example in several.values():
                    assert_fits(
                        document, content["schema"], example["value"], operation["place"] + status
                    )
    assert answers > 40


def test_every_place_has_an_example_that_its_schema_takes(document, operations):
    for operation in operations.values():
        for name, parameter in operation["parameters"].items():
            schema = parameter["schema"]
            example = parameter.get("example", schema.get("example"))
            if parameter["in"] == "path":
                assert example is not None, f"{operation['place']} {name}"
            if example is not None:
                assert_fits(document, schema, example, operation["place"])


def test_every_refusal_has_an_example_of_its_body(document, operations):
    problem = document["components"]["schemas"]["Problem"]
    for operation in operations.values():
        documented = problems_of(operation)
        assert "unavailable" in documented
        for name, example in documented.items():
            assert_fits(document, problem, example, operation["place"])
            assert example["type"] == f"/problems/{name}"
            if name in Problem.registry:
                assert example == Problem.registry[name].example_body()


def test_what_follows_from_the_decorators_is_documented(operations):
    for operation in operations.values():
        documented = problems_of(operation).keys()
        if operation["security"] and {} not in operation["security"]:
            assert documented >= {"unauthorized", "invalid-token", "invalid-api-key", "forbidden"}
        if "requestBody" in operation:
            assert documented >= {
                "bad-request",
                "invalid-input",
                "request-entity-too-large",
                "unsupported-media-type",
            }
        if "If-Match" in operation["parameters"]:
            assert "precondition-failed" in documented


def test_every_refusal_of_the_api_is_documented_somewhere(operations):
    anywhere = {name for operation in operations.values() for name in problems_of(operation)}
    only_on_the_command_line, only_for_balancers = {"ids-taken"}, {"not-ready"}
    families = {"not-found", "conflict"}
    elsewhere = only_on_the_command_line | only_for_balancers | families
    assert Problem.registry.keys() - anywhere == elsewhere


def test_every_problem_that_is_documented_leads_to_its_page(app, operations):
    client = app.test_client()
    for name in {name for operation in operations.values() for name in problems_of(operation)}:
        assert client.get(f"/problems/{name}").status_code == 200


def test_waiting_and_proving_oneself_are_told_by_headers(document):
    answers = document["components"]["responses"]
    assert "Retry-After" in answers["too-many-requests"]["headers"]
    assert "Retry-After" in answers["unavailable"]["headers"]
    assert "WWW-Authenticate" in answers["wrong-credentials"]["headers"]
