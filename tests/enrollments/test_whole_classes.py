"""Enrolling whole classes: people with an account, and people who are invited."""


def outcomes(results):
    return [result["result"] for result in results]


def test_people_are_enrolled_or_invited_each_for_themselves(api, alice, ada, make):
    make.path("python", ["loops"])
    body = {"paths": ["python", "nope"], "emails": [alice.email, "new@example.com", "bad"]}
    results = api.as_(ada).post("/enrollments/bulk", body)
    assert outcomes(results) == ["enrolled", "refused", "invited", "refused", "refused", "refused"]
    assert outcomes(api.as_(ada).post("/enrollments/bulk", body))[0] == "already"
    new = {"name": "New", "email": "new@example.com", "password": "a long password"}
    api.post("/users/register", new, expect=201)
    assert len(api.as_(ada).get("/paths/python/enrollments")) == 2


def test_an_invitation_waits_until_the_address_is_confirmed(api, ada, make, settings):
    settings(REQUIRE_VERIFIED_EMAIL=True)
    make.path("python", ["loops"])
    body = {"paths": ["python"], "emails": ["new@example.com"]}
    api.as_(ada).post("/enrollments/bulk", body)
    new = {"name": "New", "email": "new@example.com", "password": "a long password"}
    api.post("/users/register", new, expect=201)
    assert api.as_(ada).get("/paths/python/enrollments") == []


def test_people_leave_and_invitations_are_taken_back(api, alice, ada, make):
    make.path("python", ["loops"])
    body = {"paths": ["python"], "emails": [alice.email, "new@example.com", "none@example.com"]}
    api.as_(ada).post("/enrollments/bulk", body | {"emails": body["emails"][:2]})
    results = api.as_(ada).post("/enrollments/bulk/withdraw", body)
    assert outcomes(results) == ["withdrawn", "withdrawn", "not_enrolled"]


def test_more_than_five_hundred_results_are_refused(api, ada):
    body = {"paths": ["a", "b"], "emails": [f"p{number}@example.org" for number in range(251)]}
    assert "emails" in api.as_(ada).post("/enrollments/bulk", body, expect=422)["errors"]


def test_a_class_comes_in_from_a_table(api, alice, ada, make, tmp_path):
    make.path("python", ["loops"])
    file = tmp_path / "class.csv"
    file.write_text(
        f"email,path,due_at,note\n{alice.email},python,2030-01-01,hello\nnew@example.com,python,,\n"
        "x@example.com,nope,,\n"
    )
    command = ["enrollments", "import", str(file)]
    dry = api.app.test_cli_runner().invoke(args=[*command, "--dry-run"])
    assert "1 enrolled, 1 invited, 1 refused" in dry.output
    assert api.as_(ada).get("/paths/python/enrollments") == []
    done = api.app.test_cli_runner().invoke(args=command)
    assert done.exit_code == 0
    (enrollment,) = api.as_(ada).get("/paths/python/enrollments")
    assert enrollment["due_at"] == "2030-01-01T00:00:00.000000Z"


def test_a_bad_table_is_refused_with_its_line(app, tmp_path):
    file = tmp_path / "class.csv"
    file.write_text("email,path,due_at\na@example.org,python,soon\n")
    answer = app.test_cli_runner().invoke(args=["enrollments", "import", str(file)])
    assert answer.exit_code == 1
    assert "line 2: soon is not a time" in answer.output
