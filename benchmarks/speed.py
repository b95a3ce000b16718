"""Measure the service against the same work written by hand. `make bench` runs it.

Starts PostgreSQL and SQLite, and the service and the baseline (baseline.py) on two copies of one
database. Both are measured in turn in short slices, so that other load on the machine affects both
equally. README.md in this folder explains how to read the table.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jwt

from . import environment
from .bench import Bench, line
from .environment import Environment, Server
from .figures import NAMES, Result, picture, table
from .logins import logins

HERE = Path(__file__).resolve().parent


def compare_answers(bench: Bench) -> int:
    """Fail unless service and baseline send the same responses; return how many were compared."""
    baseline = bench.on.baseline
    assert baseline
    compared = 0
    samples = [*bench.me()[:60], *bench.report()[:1200:20], bench.page()[0]]
    for sample in samples:
        answers = [ask(server.url, sample) for server in (bench.on.service, baseline)]
        assert answers[0] == answers[1], f"not the same work: {sample}\n{answers[0]}\n{answers[1]}"
        compared += 1
    for sample in bench.login()[:5]:
        answers = [log_in(server.url, sample) for server in (bench.on.service, baseline)]
        assert answers[0] == answers[1], f"not the same work: {sample}\n{answers}"
        compared += 1
    return compared


def log_in(url: str, sample: str) -> Any:
    """Log in; return what does not differ from login to login, and the profile of the user."""
    tokens, _ = ask(url, sample)
    profile, _ = ask(url, line("GET", "/users/me", tokens["access_token"]))
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    names = (sorted(tokens), sorted(claims), len(tokens["refresh_token"].split("_", 3)[3]))
    return names, tokens["expires_in"], claims["exp"] - claims["iat"], profile


def ask(url: str, sample: str) -> Any:
    method, address, token, body = sample.split("\t")
    request = urllib.request.Request(url + address, body.encode() or None, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as answer:
        paging = {name: answer.headers.get(name) for name in ("X-Pagination", "Link")}
        return json.loads(answer.read()), paging


def login_load(bench: Bench) -> Result:
    """W6: how long other requests take while 8 and 32 clients keep logging in."""
    result = Result("W6", bench.database)
    me, login = bench.file("W6-me", bench.me()), bench.file("W6-login", bench.login())
    for clients in (0, 8, 32):
        with background(bench.on.service.url, login, clients, bench.seconds * bench.slices + 2):
            bursts = [bench.burst(bench.on.service, me, None, 4) for _ in range(bench.slices)]
        result.service += bursts
        result.facts[f"p99_ms_with_{clients}"] = statistics.median(one.p99_ms for one in bursts)
        result.facts[f"errors_with_{clients}"] = sum(one.errors for one in bursts)
    return result


@contextlib.contextmanager
def background(url: str, file: Path, clients: int, seconds: float) -> Iterator[None]:
    if not clients:
        yield
        return
    command = [
        "wrk",
        "-t1",
        f"-c{clients}",
        f"-d{round(seconds)}s",
        "-s",
        str(HERE / "load.lua"),
        url,
    ]
    process = subprocess.Popen([*command, "--", str(file), "1"], stdout=subprocess.DEVNULL)
    time.sleep(1)
    yield
    process.terminate()
    process.wait()


PACKAGES = "import flask_jwt_extended, flask_smorest, flask_sqlalchemy, gunicorn.app.wsgiapp"


def start_up(bench: Bench, starts: int) -> Result:
    """W7: the seconds from the command to the first response, and the memory of a worker.

    Also measures, in turns, how long Python needs to import the packages.
    """
    result = Result("W7", bench.database)
    times, imports = [], []
    for _ in range(starts):
        url = f"sqlite:///{bench.folder / 'start.db'}"
        server = Server("wsgi:app", "learnpath.server", url, bench.folder / "start.log")
        times.append(server.seconds_to_answer)
        server.stop()
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", PACKAGES], check=True, env=environment.settings())
        imports.append(time.perf_counter() - begin)
    workers = environment.tree(bench.on.service.process.pid)[1:]
    result.facts["seconds_to_first_answer"] = statistics.median(times)
    result.facts["seconds_to_import_packages"] = statistics.median(imports)
    result.facts["worker_mb"] = statistics.median(environment.memory_of(pid) for pid in workers)
    return result


def measure(bench: Bench, names: list[str]) -> Iterator[Result]:
    print(f"  {compare_answers(bench)} answers compared: the same work")
    workloads: dict[str, Callable[[], Result]] = {
        "W1": lambda: bench.share("W1", bench.me()),
        "W2": lambda: bench.share("W2", bench.report()),
        "W3": lambda: bench.share("W3", bench.page()),
        "W4": lambda: logins(bench),
        "W5": lambda: bench.alone("W5", bench.mix()),
        "W6": lambda: login_load(bench),
        "W7": lambda: start_up(bench, min(bench.slices, 5)),
    }
    for name in names:
        yield workloads[name]()


@contextlib.contextmanager
def environments(folder: Path, users: int) -> Iterator[Callable[[str], Environment]]:
    """Yield a function that sets up the environment of a database."""
    with contextlib.ExitStack() as stack:

        def open_environment(database: str) -> Environment:
            if database == "sqlite":
                file = folder / "bench.db"
                environment.seed(f"sqlite:///{file}", users)
                shutil.copy(file, folder / "copy.db")
                opened = Environment(
                    f"sqlite:///{file}", f"sqlite:///{folder / 'copy.db'}", folder, None
                )
            else:
                server = stack.enter_context(environment.postgresql())
                url = environment.make_database(server, "bench")
                environment.seed(url, users)
                copy = environment.make_database(server, "copy", "bench")
                opened = Environment(url, copy, folder, server.process.pid)
            stack.callback(opened.stop)
            return opened

        yield open_environment


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="about one minute: only W1 and W2, with few slices"
    )
    parser.add_argument("--users", type=int, help="10,000, or 2,000 in a quick run")
    parser.add_argument("--databases", nargs="+", default=["postgresql", "sqlite"])
    parser.add_argument("--workloads", nargs="+", help="W1 W2 …")
    parser.add_argument("--into", type=Path, default=HERE / "results", help="folder of the results")
    options = parser.parse_args()
    seconds, slices = (1.0, 3) if options.quick else (2.0, 8)
    users = options.users or (2_000 if options.quick else 10_000)
    workloads = options.workloads or (["W1", "W2"] if options.quick else list(NAMES))
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    results: list[Result] = []
    for database in options.databases:
        folder = Path(tempfile.mkdtemp(prefix="learnpath-bench-"))
        print(f"{database}: {users} users …", flush=True)
        with environments(folder, users) as open_environment:
            bench = Bench(open_environment(database), database, seconds, slices, folder)
            for result in measure(bench, workloads):
                results.append(result)
                print(table([result]).splitlines()[-1], flush=True)
        shutil.rmtree(folder)
    print(f"\n{table(results)}")
    options.into.mkdir(exist_ok=True)
    about = {"machine": platform.platform(), "python": platform.python_version(),
             "users": users, "slices": slices, "seconds": seconds}  # fmt: skip
    report = {"about": about, "results": [asdict(result) for result in results]}
    (options.into / "speed.json").write_text(json.dumps(report, indent=1) + "\n")
    picture(results, options.into / "speed.png")
    print(f"Written: {options.into / 'speed.json'}, speed.png")


if __name__ == "__main__":
    main()
