"""What stands in deploy/ fits the service: names of settings, ports, limits, times, addresses."""

import configparser
import re

import click
import pytest
import yaml

from learnpath.config import SETTINGS as TABLE

DEFAULTS = {setting.name: setting.default for setting in TABLE}
OF_OTHERS = {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "FLASK_APP"}
START = "gunicorn -c python:learnpath.server wsgi:app"


@pytest.fixture
def gunicorn(project_root):
    """The numbers in gunicorn's settings. They are not imported: that starts a service."""
    numbers = re.findall(
        r"^(\w+) = (\d+)", (project_root / "learnpath" / "server.py").read_text(), re.M
    )
    return {name: int(number) for name, number in numbers}


@pytest.fixture
def deploy(project_root):
    return project_root / "deploy"


@pytest.fixture
def dockerfile(deploy):
    """The instructions of the Dockerfile, one a line."""
    lines = re.sub(r"\\\n\s*", "", (deploy / "Dockerfile").read_text()).splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.fixture
def services(deploy):
    return yaml.safe_load((deploy / "compose.yaml").read_text())["services"]


@pytest.fixture
def site(deploy):
    return (deploy / "nginx" / "learnpath.conf").read_text()


@pytest.fixture
def units(deploy):
    def read(path):
        unit = configparser.RawConfigParser(strict=False, delimiters="=")
        unit.optionxform = str
        unit.read(path)
        return unit

    return {path.name: read(path) for path in (deploy / "systemd").iterdir()}


def test_every_setting_that_is_set_exists(dockerfile, services):
    in_image = " ".join(line for line in dockerfile if line.startswith("ENV "))
    named = set(re.findall(r"\b([A-Z_]+)=", in_image)) - OF_OTHERS
    for name in ("migrate", "node1", "node2", "purge"):
        named |= set(services[name]["environment"])
    assert named <= set(DEFAULTS)
    assert {"ENVIRONMENT", "SECRET_KEY", "DATABASE_URL", "TRUSTED_PROXIES", "HOST"} <= named


def test_everybody_starts_the_service_in_the_same_way(dockerfile, units, project_root):
    assert START in (project_root / "README.md").read_text()
    (command,) = [line for line in dockerfile if line.startswith("CMD ")]
    assert yaml.safe_load(command.removeprefix("CMD ")) == START.split()
    assert units["learnpath.service"]["Service"]["ExecStart"].endswith(f"/.venv/bin/{START}")


def test_the_image_runs_as_nobody_special_from_pinned_parts(dockerfile, services):
    bases = [line.split()[1] for line in dockerfile if line.startswith("FROM ")]
    pulled = [service["image"] for service in services.values() if "build" not in service]
    for image in bases + pulled:
        assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z]+)*", image), image
    last_stage = dockerfile[
        max(n for n, line in enumerate(dockerfile) if line.startswith("FROM ")) :
    ]
    users = [line for line in last_stage if line.startswith("USER ")]
    assert users == ["USER 10001:10001"]
    assert last_stage.index(users[0]) > last_stage.index("COPY . .")
    assert not any("requirements-dev" in line for line in dockerfile)


def test_the_image_takes_what_runs_and_no_secrets(project_root):
    lines = (project_root / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*", "everything is left out but what is named"
    taken = {rule[1:] for rule in rules if rule.startswith("!")}
    assert {"learnpath", "migrations", "wsgi.py", "requirements.txt"} <= taken
    assert all((project_root / name).exists() for name in taken)
    assert not taken & {".env", "tests", ".git", "deploy", "chaos", "requirements-dev.txt"}


def test_health_is_asked_at_an_address_that_exists(dockerfile, app):
    (check,) = [line for line in dockerfile if line.startswith("HEALTHCHECK ")]
    (address,) = re.findall(r"\}(/[a-z/]+)'", check)
    assert address in {rule.rule for rule in app.url_map.iter_rules()}


def test_nginx_asks_the_nodes_that_run_at_their_port(deploy, dockerfile, services):
    nodes = re.findall(r"^server (\w+):(\d+) ", (deploy / "nginx" / "nodes.conf").read_text(), re.M)
    assert {name for name, _ in nodes} == {name for name in services if name.startswith("node")}
    assert {int(port) for _, port in nodes} == {DEFAULTS["PORT"]}
    assert f"EXPOSE {DEFAULTS['PORT']}" in dockerfile
    mounted = {volume.split(":")[1] for volume in services["nginx"]["volumes"]}
    assert mounted == {"/etc/nginx/conf.d/default.conf", "/etc/nginx/learnpath-nodes.conf"}


def test_nginx_lets_as_large_a_body_through_as_the_service_reads(site):
    assert f"client_max_body_size {DEFAULTS['MAX_BODY_BYTES']};" in site


def test_one_proxy_is_trusted_and_it_overwrites_what_clients_forge(site, services):
    assert services["node1"]["environment"]["TRUSTED_PROXIES"] == "1"
    for header in ("For $remote_addr", "Proto $scheme", "Host $http_host"):
        assert f"proxy_set_header X-Forwarded-{header};" in site


def test_nginx_repeats_nothing_that_may_have_happened(site):
    assert "proxy_next_upstream error timeout;" in site
    assert "non_idempotent" not in site


def test_nginx_lets_go_of_a_connection_before_the_service_does(site, gunicorn):
    (seconds,) = re.findall(r"keepalive 32;.*?keepalive_timeout (\d+)s;", site, re.S)
    assert int(seconds) < min(gunicorn["keepalive"], 2)


def test_who_stops_the_service_waits_until_it_has_ended(services, units, gunicorn):
    needed = DEFAULTS["SHUTDOWN_DELAY"] + gunicorn["graceful_timeout"]
    for name in ("node1", "node2"):
        assert int(services[name]["stop_grace_period"].removesuffix("s")) > needed
    assert int(units["learnpath.service"]["Service"]["TimeoutStopSec"]) > needed


def test_every_unit_is_shut_off_from_what_it_does_not_need(units):
    hardening = {
        "NoNewPrivileges": "true",
        "ProtectSystem": "strict",
        "ProtectHome": "true",
        "PrivateTmp": "true",
        "PrivateDevices": "true",
        "CapabilityBoundingSet": "",
        "User": "learnpath",
    }
    for name, unit in units.items():
        if name.endswith(".service"):
            assert hardening.items() <= dict(unit["Service"]).items(), name


def test_every_timer_has_its_service_and_calls_a_command_that_exists(units, app):
    for name, unit in units.items():
        if name.endswith(".timer"):
            command = units[name.replace(".timer", ".service")]["Service"]["ExecStart"]
            group, *rest = command.partition("/.venv/bin/flask ")[2].split()
            found = app.cli.get_command(click.Context(app.cli), group)
            assert not rest or rest[0] in found.commands
            assert unit["Timer"]["OnCalendar"]
