"""How fast is the service, as a share of what the same work costs by hand? `make bench` runs it.

Starts PostgreSQL and SQLite, the service and the limit (limit.py) on twins of one database, and
asks both in short slices in turn, so that what else the machine does meets both alike. README.md
beside this file says how to read the table and what not to conclude from it.
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

from . import stage
from .bench import Bench, line
from .figures import NAMES, Result, picture, table
from .logins import logins
from .stage import Server, Stage

HERE = Path(__file__).resolve().parent


def compare_answers(bench: Bench) -> int:
    """Fail unless the service and the limit answer alike; return how many were compared."""
    limit = bench.on.limit
    assert limit
    compared = 0
    samples = [*bench.me()[:60], *bench.report()[:1200:20], bench.page()[0]]
    for sample in samples:
        answers = [ask(server.url, sample) for server in (bench.on.service, limit)]
        assert answers[0] == answers[1], f"not the same work: {sample}\n{answers[0]}\n{answers[1]}"
        compared += 1
    for sample in bench.login()[:5]:
        answers = [let_in(server.url, sample) for server in (bench.on.service, limit)]
        assert answers[0] == answers[1], f"not the same work: {sample}\n{answers}"
        compared += 1
    return compared


def let_in(url: str, sample: str) -> Any:
    """Log in; return all but what is new each time, and whom the token speaks for."""
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


def flood(bench: Bench) -> Result:
    """W6: how long others wait while 8 and 32 clients keep logging in."""
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


def start(bench: Bench, starts: int) -> Result:
    """W7: from the command to the first answer, and what a worker holds after its work.

    Told beside it: how long Python takes, in turns, to import the packages that it stands on.
    """
    result = Result("W7", bench.database)
    times, imports = [], []
    for _ in range(starts):
        url = f"sqlite:///{bench.folder / 'start.db'}"
        server = Server("wsgi:app", "learnpath.server", url, bench.folder / "start.log")
        times.append(server.seconds_to_answer)
        server.stop()
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", PACKAGES], check=True, env=stage.settings())
        imports.append(time.perf_counter() - begin)
    workers = stage.tree(bench.on.service.process.pid)[1:]
    result.facts["seconds_to_first_answer"] = statistics.median(times)
    result.facts["seconds_to_import_its_packages"] = statistics.median(imports)
    result.facts["worker_mb"] = statistics.median(stage.memory_of(pid) for pid in workers)
    return result


def measure(bench: Bench, wanted: list[str]) -> Iterator[Result]:
    print(f"  {compare_answers(bench)} answers compared: the same work")
    workloads: dict[str, Callable[[], Result]] = {
        "W1": lambda: bench.share("W1", bench.me()),
        "W2": lambda: bench.share("W2", bench.report()),
        "W3": lambda: bench.share("W3", bench.page()),
        "W4": lambda: logins(bench),
        "W5": lambda: bench.alone("W5", bench.mix()),
        "W6": lambda: flood(bench),
        "W7": lambda: start(bench, min(bench.slices, 5)),
    }
    for name in wanted:
        yield workloads[name]()


@contextlib.contextmanager
def stages(folder: Path, users: int) -> Iterator[Callable[[str], Stage]]:
    """Give a function that opens the stage of a database, one at a time."""
    with contextlib.ExitStack() as stack:

        def open_stage(database: str) -> Stage:
            if database == "sqlite":
                file = folder / "bench.db"
                stage.seed(f"sqlite:///{file}", users)
                shutil.copy(file, folder / "twin.db")
                opened = Stage(f"sqlite:///{file}", f"sqlite:///{folder / 'twin.db'}", folder, None)
            else:
                server = stack.enter_context(stage.postgresql())
                url = stage.make_database(server, "bench")
                stage.seed(url, users)
                twin = stage.make_database(server, "twin", "bench")
                opened = Stage(url, twin, folder, server.process.pid)
            stack.callback(opened.stop)
            return opened

        yield open_stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="about one minute: W1 and W2; says little"
    )
    parser.add_argument("--users", type=int, help="10,000, or 2,000 in a quick run")
    parser.add_argument("--databases", nargs="+", default=["postgresql", "sqlite"])
    parser.add_argument("--workloads", nargs="+", help="W1 W2 …")
    parser.add_argument("--into", type=Path, default=HERE / "results", help="folder of the results")
    wanted = parser.parse_args()
    seconds, slices = (1.0, 3) if wanted.quick else (2.0, 8)
    users = wanted.users or (2_000 if wanted.quick else 10_000)
    workloads = wanted.workloads or (["W1", "W2"] if wanted.quick else list(NAMES))
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    results: list[Result] = []
    for database in wanted.databases:
        folder = Path(tempfile.mkdtemp(prefix="learnpath-bench-"))
        print(f"{database}: {users} users …", flush=True)
        with stages(folder, users) as open_stage:
            bench = Bench(open_stage(database), database, seconds, slices, folder)
            for result in measure(bench, workloads):
                results.append(result)
                print(table([result]).splitlines()[-1], flush=True)
        shutil.rmtree(folder)
    print(f"\n{table(results)}")
    wanted.into.mkdir(exist_ok=True)
    about = {"machine": platform.platform(), "python": platform.python_version(),
             "users": users, "slices": slices, "seconds": seconds}  # fmt: skip
    told = {"about": about, "results": [asdict(result) for result in results]}
    (wanted.into / "speed.json").write_text(json.dumps(told, indent=1) + "\n")
    picture(results, wanted.into / "speed.png")
    print(f"Written: {wanted.into / 'speed.json'}, speed.png")


if __name__ == "__main__":
    main()
