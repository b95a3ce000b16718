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
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from . import stage
from .stage import ADMIN, PASSWORD, Server, Stage

HERE = Path(__file__).resolve().parent
ACTIVE_USERS = 2000  # who ask during the benchmark; the others are there to be passed over
LOAD_THREADS, CONNECTIONS = 2, 16
GOALS = {  # share of the limit: what must be, what shall be (PostgreSQL, SQLite)
    "W1": {"postgresql": (0.52, 0.62), "sqlite": (0.52, 0.60)},
    "W2": {"postgresql": (0.48, 0.58), "sqlite": (0.38, 0.45)},
    "W3": {"postgresql": (0.62, 0.72), "sqlite": (0.48, 0.55)},
}
NAMES = {
    "W1": "GET /users/me",
    "W2": "POST /users/me/progress",
    "W3": "GET /users/?page_size=100",
    "W4": "POST /users/login",
    "W5": "70 % me, 20 % progress, 5 % list, 5 % login",
    "W6": "GET /users/me while others flood the login",
    "W7": "start, and memory of a worker",
}


@dataclass
class Slice:
    """What one burst of requests came to."""

    requests: int
    seconds: float
    errors: int
    p50_ms: float
    p99_ms: float
    cpu_us: float = 0.0  # per request: server and database


@dataclass
class Result:
    """The slices of one workload on one database: the service's, and the limit's if it has them."""

    workload: str
    database: str
    service: list[Slice] = field(default_factory=list)
    limit: list[Slice] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def shares(self) -> list[float]:
        """The limit's time per request as a share of the service's, slice by slice."""
        return [
            bare.cpu_us / full.cpu_us for bare, full in zip(self.limit, self.service, strict=True)
        ]


class Bench:
    """One database under load."""

    def __init__(self, on: Stage, database: str, seconds: float, slices: int, folder: Path) -> None:
        self.on, self.database = on, database
        self.seconds, self.slices, self.folder = seconds, slices, folder
        self.users = list(range(1, ACTIVE_USERS + 1))
        self.tokens = dict(zip(self.users, stage.access_tokens(self.users), strict=True))

    def share(self, workload: str, lines: list[str]) -> Result:
        """Ask the service and the limit in turn."""
        assert self.on.limit
        result = Result(workload, self.database)
        file = self.file(workload, lines)
        for server in (self.on.limit, self.on.service):
            self.burst(server, file, 1.0)  # until every statement and token is known
        for _ in range(self.slices):
            result.limit.append(self.burst(self.on.limit, file))
            result.service.append(self.burst(self.on.service, file))
        return result

    def alone(self, workload: str, lines: list[str], connections: int = CONNECTIONS) -> Result:
        """Ask the service only."""
        result = Result(workload, self.database)
        file = self.file(workload, lines)
        self.burst(self.on.service, file, 1.0, connections)
        for _ in range(self.slices):
            result.service.append(self.burst(self.on.service, file, None, connections))
        return result

    def burst(
        self,
        server: Server,
        file: Path,
        seconds: float | None = None,
        connections: int = CONNECTIONS,
    ) -> Slice:
        before = self.on.cpu_seconds(server)
        burst = drive(server.url, file, seconds or self.seconds, connections)
        spent = self.on.cpu_seconds(server) - before
        burst.cpu_us = spent / max(burst.requests, 1) * 1e6
        return burst

    def file(self, name: str, lines: list[str]) -> Path:
        file = self.folder / f"{name}.requests"
        file.write_text("\n".join(lines) + "\n")
        return file

    def me(self) -> list[str]:
        return [line("GET", "/users/me", token) for token in self.tokens.values()]

    def report(self) -> list[str]:
        """Half of the requests change something, half of those complete.

        What is sent about one learner stands far apart, so that the order stays.
        """
        bodies = [json.dumps({"module_id": "m1", "completed": done}) for done in (True, False)]
        return [
            line("POST", "/users/me/progress", self.tokens[user], body)
            for part in range(0, len(self.users), 500)
            for body in (bodies[0], bodies[0], bodies[1], bodies[1])
            for user in self.users[part : part + 500]
        ]

    def page(self) -> list[str]:
        return [line("GET", "/users/?page_size=100", self.tokens[ADMIN])] * 100

    def login(self) -> list[str]:
        bodies = [
            json.dumps({"email": f"learner{user}@example.org", "password": PASSWORD})
            for user in self.users
        ]
        return [line("POST", "/users/login", "", body) for body in bodies]

    def mix(self) -> list[str]:
        """Twenty requests in a row: fourteen, four, one and one."""
        me, report, page, login = self.me(), self.report(), self.page(), self.login()
        lines = []
        for turn in range(400):
            lines += [me[(turn * 14 + one) % len(me)] for one in range(14)]
            lines += [report[(turn * 4 + one) % len(report)] for one in range(4)]
            lines += [page[0], login[turn % len(login)]]
        return lines


def line(method: str, address: str, token: str, body: str = "") -> str:
    return "\t".join((method, f"/api/v1{address}", token, body))


def drive(url: str, file: Path, seconds: float, connections: int = CONNECTIONS) -> Slice:
    """Send the requests of `file` for some seconds with wrk."""
    threads = min(LOAD_THREADS, connections)
    command = [
        "wrk",
        f"-t{threads}",
        f"-c{connections}",
        f"-d{round(seconds)}s",
        "--timeout",
        "10s",
    ]
    command += ["-s", str(HERE / "load.lua"), url, "--", str(file), str(threads)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    told = next(row for row in said.splitlines() if row.startswith("RESULT")).split()
    requests, micros, errors, p50, p99 = (float(word) for word in told[1:])
    return Slice(int(requests), micros / 1e6, int(errors), p50 / 1000, p99 / 1000)


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
    return compared


def ask(url: str, sample: str) -> Any:
    method, address, token, body = sample.split("\t")
    request = urllib.request.Request(url + address, body.encode() or None, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as answer:
        paging = {name: answer.headers.get(name) for name in ("X-Pagination", "Link")}
        return json.loads(answer.read()), paging


def logins(bench: Bench) -> Result:
    """W4: logins a second as a share of what the processors can hash."""
    result = bench.alone("W4", bench.login(), connections=8)
    rates = [(one.requests - one.errors) / one.seconds for one in result.service]
    result.facts["hashes_per_second"] = hash_rate(bench.seconds)
    result.facts["share_of_hash_rate"] = (
        statistics.median(rates) / result.facts["hashes_per_second"]
    )
    return result


def hash_rate(seconds: float) -> float:
    """Return how many passwords this machine checks in a second, one process per worker."""
    stored = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(PASSWORD)
    code = (
        "import sys, time; from argon2 import PasswordHasher as H\n"
        "h, n = H(time_cost=2, memory_cost=19456, parallelism=1), 0\n"
        "end = time.time() + float(sys.argv[2])\n"
        "while time.time() < end: h.verify(sys.argv[1], sys.argv[3]); n += 1\n"
        "print(n)"
    )
    command = [sys.executable, "-c", code, stored, str(seconds), PASSWORD]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(stage.WORKERS)]
    return sum(int(process.communicate()[0]) for process in running) / seconds


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


def start(bench: Bench, starts: int) -> Result:
    """W7: from the command to the first answer, and what a worker holds after its work."""
    result = Result("W7", bench.database)
    times = []
    for _ in range(starts):
        url = f"sqlite:///{bench.folder / 'start.db'}"
        server = Server("wsgi:app", "learnpath.server", url, bench.folder / "start.log")
        times.append(server.seconds_to_answer)
        server.stop()
    workers = stage.tree(bench.on.service.process.pid)[1:]
    result.facts["seconds_to_first_answer"] = statistics.median(times)
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


def table(results: list[Result]) -> str:
    rows = [
        f"{'':3} {'database':10} {'share of limit':22} {'goal':12} {'service':>19} {'limit':>17}",
        f"{'':3} {'':10} {'median (min … max)':22} {'must → goal':12} "
        f"{'µs CPU':>8} {'req/s':>10} {'µs CPU':>8} {'req/s':>8}",
    ]
    for result in results:
        service = result.service
        if result.limit:
            must, goal = GOALS[result.workload][result.database]
            low, middle, high = (pick(result.shares) for pick in (min, statistics.median, max))
            share, aim = f"{middle:.2f} ({low:.2f} … {high:.2f})", f"{must:.2f} → {goal:.2f}"
        else:
            share, aim = "", ""
        row = f"{result.workload:3} {result.database:10} {share:22} {aim:12}"
        if service:
            row += f" {cpu(service):8.0f} {rate(service):10.0f}"
        if result.limit:
            row += f" {cpu(result.limit):8.0f} {rate(result.limit):8.0f}"
        facts = {**result.facts, "errors": sum(one.errors for one in service)}
        told = ", ".join(f"{name} {value:.3g}" for name, value in facts.items() if value)
        rows.append(f"{row}  {told}")
    return "\n".join(rows)


def cpu(slices: list[Slice]) -> float:
    return statistics.median(one.cpu_us for one in slices)


def rate(slices: list[Slice]) -> float:
    return statistics.median(one.requests / one.seconds for one in slices)


def picture(results: list[Result], file: Path) -> None:
    """Draw the shares against their goals."""
    import matplotlib  # noqa: PLC0415 - only `make bench` installs it

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    shown = [result for result in results if result.limit]
    figure, axes = plt.subplots(figsize=(8, 0.7 * len(shown) + 1.6), layout="constrained")
    for place, result in enumerate(reversed(shown)):
        must, goal = GOALS[result.workload][result.database]
        middle = statistics.median(result.shares)
        axes.barh(place, 1, color="#e8eaed", height=0.62)
        axes.barh(place, middle, color="#2f6f4f" if middle >= must else "#b3541e", height=0.62)
        axes.plot([min(result.shares), max(result.shares)], [place, place], color="black", lw=1)
        axes.plot([must, must], [place - 0.4, place + 0.4], color="black", lw=1.5)
        axes.plot([goal, goal], [place - 0.4, place + 0.4], color="black", lw=1.5, ls=":")
        axes.text(0.015, place, f"{middle:.2f}", va="center", color="white", weight="bold")
    names = [f"{NAMES[result.workload]}\n{result.database}" for result in reversed(shown)]
    axes.set_yticks(range(len(shown)), names)
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of the limit (the same work by hand = 1); line: must, dots: goal")
    axes.set_title(
        "learnpath: processor time per request, server and database together", loc="left"
    )
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.savefig(file, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="about one minute; says little")
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--databases", nargs="+", default=["postgresql", "sqlite"])
    parser.add_argument("--workloads", nargs="+", default=list(NAMES), help="W1 W2 …")
    parser.add_argument("--into", type=Path, default=HERE / "results", help="folder of the results")
    wanted = parser.parse_args()
    seconds, slices = (1.0, 3) if wanted.quick else (2.0, 9)
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    results: list[Result] = []
    for database in wanted.databases:
        folder = Path(tempfile.mkdtemp(prefix="learnpath-bench-"))
        print(f"{database}: {wanted.users} users …", flush=True)
        with stages(folder, wanted.users) as open_stage:
            bench = Bench(open_stage(database), database, seconds, slices, folder)
            for result in measure(bench, wanted.workloads):
                results.append(result)
                print(table([result]).splitlines()[-1], flush=True)
        shutil.rmtree(folder)
    print(f"\n{table(results)}")
    wanted.into.mkdir(exist_ok=True)
    about = {"machine": platform.platform(), "python": platform.python_version(),
             "users": wanted.users, "slices": slices, "seconds": seconds}  # fmt: skip
    told = {"about": about, "results": [asdict(result) for result in results]}
    (wanted.into / "speed.json").write_text(json.dumps(told, indent=1) + "\n")
    picture(results, wanted.into / "speed.png")
    print(f"Written: {wanted.into / 'speed.json'}, speed.png")


if __name__ == "__main__":
    main()
