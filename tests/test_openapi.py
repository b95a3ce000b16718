"""The OpenAPI document is valid, whole and true: a client generated from it works."""

import json
import re

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from learnpath.permissions import ROLES

VERBS = {"get", "post", "put", "patch", "delete"}
CUSTOMERS_OPERATIONS = {
    ("post", "/api/v1/users/register"),
    ("post", "/api/v1/users/login"),
    ("get", "/api/v1/users/me"),
    ("post", "/api/v1/users/"),
    ("get", "/api/v1/users/"),
    ("get", "/api/v1/users/{user_id}"),
    ("put", "/api/v1/users/{user_id}"),
    ("delete", "/api/v1/users/{user_id}"),
    ("post", "/api/v1/users/{user_id}/progress"),
}
EITHER_WAY_TO_SEND_A_TOKEN = [{"bearer": []}, {"password": []}]
PUBLIC = ([], [{}, *EITHER_WAY_TO_SEND_A_TOKEN])  # without a token, or with one where it is sent


@pytest.fixture
def document(app):
    return app.test_client().get("/openapi.json").json


@pytest.fixture
def operations(document):
    """Every operation by verb and address."""
    return {
        (verb, address): operation
        for address, item in document["paths"].items()
        for verb, operation in item.items()
        if verb in VERBS
    }


def test_a_command_prints_the_same_document(make_app):
    fresh = make_app()  # its document has not been read yet
    printed = fresh.test_cli_runner().invoke(args=["openapi", "print"])
    assert json.loads(printed.stdout) == fresh.test_client().get("/openapi.json").json


def test_the_document_is_valid_openapi(document):
    assert document["openapi"].startswith("3.1")
    # Formats aside: this schema calls a relative tokenUrl wrong, which OpenAPI 3.1, 4.6 allows.
    official = jsonschema_rs.Draft202012Validator(OPENAPI_31, validate_formats=False)
    assert [
        f"{fault.instance_path}: {fault.message}" for fault in official.iter_errors(document)
    ] == []


def test_every_schema_in_the_document_can_be_compiled(document):
    for name, schema in document["components"]["schemas"].items():
        jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})
        assert schema["type"] == "object", name


def test_every_reference_leads_somewhere(document):
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_the_customers_operations_are_all_there(operations):
    assert operations.keys() >= CUSTOMERS_OPERATIONS


def test_every_address_of_the_api_is_documented(app, operations):
    routes = {
        (verb.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for verb in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routes == operations.keys()


def test_every_operation_says_what_it_does(operations):
    for place, operation in operations.items():
        assert re.fullmatch(r"[A-Z].*\.", operation["summary"]), place
        assert operation["tags"], place


def test_no_operation_id_is_given_twice(operations):
    ids = [each["operationId"] for each in operations.values() if "operationId" in each]
    assert len(ids) == len(set(ids))


def test_every_operation_says_whether_it_needs_a_token(app, operations):
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for (verb, documented), operation in operations.items():
            if documented == address and verb.upper() in rule.methods:
                view = getattr(app.view_functions[rule.endpoint].view_class, verb)
                if view.permission:
                    assert operation["security"] == EITHER_WAY_TO_SEND_A_TOKEN, (verb, address)
                else:
                    assert operation["security"] in PUBLIC, (verb, address)


def test_the_ways_to_send_a_token_are_described(document):
    schemes = document["components"]["securitySchemes"]
    assert schemes["bearer"]["scheme"] == "bearer"
    assert schemes["password"]["flows"]["password"]["tokenUrl"] == "/api/v1/users/login"


def test_any_refusal_of_any_operation_is_a_problem(document, operations):
    for operation in operations.values():
        for status, answer in operation["responses"].items():
            if not status.startswith("2") and status != "304":
                content = resolved(document, answer)["content"]
                assert list(content) == ["application/problem+json"]
        assert "default" in operation["responses"]


def resolved(document, thing):
    while "$ref" in thing:
        place = document
        for step in thing["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        thing = place
    return thing


def test_every_list_says_how_to_get_the_next_page(document, operations):
    lists = 0
    for (verb, address), operation in operations.items():
        answer = operation["responses"].get("200", {})
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if verb == "get" and schema.get("type") == "array" and not address.endswith("/next"):
            lists += 1
            assert answer["headers"]["X-Pagination"]["schema"]["type"] == "string", address
            assert answer["headers"]["Link"]["schema"]["type"] == "string", address
            parameters = {each["name"]: each["schema"] for each in operation["parameters"]}
            assert {"cursor", "page_size", "count"} <= parameters.keys(), address
            assert parameters["page_size"] == {
                "type": "integer", "default": 50, "minimum": 1, "maximum": 100,
            }  # fmt: skip
    assert lists >= 4


def test_login_takes_json_and_the_form_of_the_docs_page(document, operations):
    body = operations["post", "/api/v1/users/login"]["requestBody"]
    assert body["required"] is True
    fields = {
        media_type: set(resolved(document, content["schema"])["required"])
        for media_type, content in body["content"].items()
    }
    assert fields == {
        "application/json": {"email", "password"},
        "application/x-www-form-urlencoded": {"username", "password"},
    }


def test_what_a_client_sends_has_limits_and_no_other_fields(document, operations):
    for (verb, address), operation in operations.items():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = resolved(document, content["schema"])
            if schema["type"] == "array":
                schema = resolved(document, schema["items"])
            assert schema["additionalProperties"] is False, (verb, address)
    registration = document["components"]["schemas"]["Registration"]["properties"]
    assert registration["name"]["maxLength"] == 120
    assert registration["email"]["format"] == "email"
    assert (registration["password"]["minLength"], registration["password"]["maxLength"]) == (
        8,
        128,
    )


def test_a_user_is_described_in_full_and_without_a_password(document):
    user = document["components"]["schemas"]["User"]
    fields = """id name email email_verified role status timezone learning_path progress
        created_at updated_at"""
    assert set(user["properties"]) == set(user["required"]) == set(fields.split())
    assert user["properties"]["role"]["enum"] == list(ROLES)
    assert user["properties"]["learning_path"]["type"] == ["string", "null"]


def test_the_document_is_the_same_every_time(app, document):
    assert app.test_client().get("/openapi.json").json == document
    assert "password_hash" not in json.dumps(document)
