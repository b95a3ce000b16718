"""A client that a public generator makes from docs/openapi.json walks the learner's journey."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tools.openapi_document import TARGET

pytestmark = pytest.mark.exhaustive

API = "learnpath_client.api"
EMAIL, PASSWORD = "ada@example.org", "correct horse battery"


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The generated package; a warning of the generator fails the test."""
    folder = tmp_path_factory.mktemp("generated")
    config = folder / "config.yaml"
    config.write_text("post_hooks: []  # it need not look nice\n")
    program = Path(sys.executable).with_name("openapi-python-client")
    command = [program, "generate", "--path", TARGET, "--config", config, "--fail-on-warning"]
    command += ["--meta", "none", "--output-path", folder / "learnpath_client"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout
    assert "arning" not in made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module("learnpath_client")
    sys.path.remove(str(folder))


@pytest.fixture
def client(generated, app):
    """A client without a token; `client.as_(token)` has one."""
    return Client(generated, app)


class Client:
    def __init__(self, generated, app, token=None):
        self.generated, self.app = generated, app
        more = {"httpx_args": {"transport": httpx.WSGITransport(app=app)}}
        if token:
            self.inner = generated.AuthenticatedClient("http://localhost", token, **more)
        else:
            self.inner = generated.Client("http://localhost", **more)

    def as_(self, token):
        return Client(self.generated, self.app, token)

    def ask(self, operation, *place, body=None, **query):
        """Call the generated function `tag.name`; return what it parsed the answer into."""
        function = importlib.import_module(f"{API}.{operation}").sync
        sent = {} if body is None else {"body": body}
        return function(*place, client=self.inner, **sent, **query)


def test_every_function_can_be_imported(generated):
    modules = [
        module.name for module in pkgutil.walk_packages(generated.__path__, "learnpath_client.")
    ]
    assert len(modules) > 100
    for name in modules:
        importlib.import_module(name)


def test_from_registering_to_the_end_of_a_path(client, generated, make):
    make.path("python-developer", ["python-basics", "loops"], order_policy="sequential")
    models = importlib.import_module("learnpath_client.models")

    registration = models.Registration(name="Ada", email=EMAIL, password=PASSWORD)
    user = client.ask("auth.register_user", body=registration)
    assert user.email == EMAIL
    refusal = client.ask("auth.register_user", body=registration)
    assert isinstance(refusal, models.Problem)
    assert (refusal.status, refusal.type_) == (409, "/problems/email-taken")

    tokens = client.ask("auth.log_in", body=models.Credentials(EMAIL, PASSWORD))
    ada = client.as_(tokens.access_token)
    assert ada.ask("users.get_current_user").id == user.id

    (path,) = ada.ask("paths.list_paths", level=models.ListPathsLevel.BEGINNER)
    enrollment = ada.ask("enrollments.create_enrollment", path.slug, body=models.NewEnrollment())
    assert enrollment.status is models.EnrollmentStatus.ACTIVE

    locked = ada.ask("progress.update_progress", "me", "loops", body=done(models))
    assert locked.status == 409
    assert locked["blocked_by"] == ["python-basics"]

    first = ada.ask("progress.update_progress", "me", "python-basics", body=done(models))
    assert first.unlocked == ["loops"]
    (upcoming,) = ada.ask("progress.list_next_modules", "me")
    assert upcoming.module == "loops"
    report = models.Report(module_id=upcoming.module, completed=True)
    assert ada.ask("progress.report_progress", "me", body=report).changed

    roll_up = ada.ask("progress.get_path_progress", "me", path.slug)
    assert (roll_up.percent, roll_up.status.value) == (100, "completed")
    assert ada.ask("progress.list_next_modules", "me") == []
    assert [each.slug for each in ada.ask("activity.get_transcript", "me").paths] == [path.slug]

    refresh = models.Refresh(tokens.refresh_token)
    again = client.as_(client.ask("auth.refresh_tokens", body=refresh).access_token)
    assert again.ask("users.get_current_user").progress.to_dict() == {
        "python-basics": True,
        "loops": True,
    }


def done(models):
    return models.ProgressChanges(status=models.ProgressChangesStatus.COMPLETED)
