"""The stack of deploy/: two nodes on one PostgreSQL, and a real nginx in front."""

import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from chaos.load import Crowd
from chaos.nodes import Nginx, Node

FIVE_FAILURES = "learnpath:create_app({'LOGIN_FAILURES_PER_ADDRESS': '5 per hour'})"


@pytest.fixture(scope="module")
def folder():
    """A folder that nginx's workers may read too."""
    folder = Path(tempfile.mkdtemp(prefix="learnpath-nginx-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def stack(postgresql, folder):
    if shutil.which("nginx") is None:
        pytest.fail("nginx is missing; tests/install-system-packages brings it")
    url = postgresql.make().render_as_string(hide_password=False)
    crowd = Crowd(url, 24)
    settings = {"TRUSTED_PROXIES": 1, "RATE_LIMIT_FACTOR": 1}
    nodes = [Node(url, folder, application=FIVE_FAILURES, **settings) for _ in range(2)]
    nginx = Nginx(nodes, folder)
    yield SimpleNamespace(url=nginx.url, nodes=nodes, nginx=nginx, crowd=crowd)
    nginx.stop()
    for node in nodes:
        node.stop()
