"""W8: does a request cost the same with 1,000,000 users as with 10,000? python -m benchmarks.growth

Two databases of one server differ only in the number of users, who have progress on 2 modules
each (every tenth on 20). Both are measured in turn in short slices. The output is the CPU time of
a request with few users, divided by that with many: 1.00 means that more users cost nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import environment
from .bench import Bench, line
from .environment import Environment

PAGES = 50


def deep_pages(bench: Bench, users: int) -> list[str]:
    """Return requests for pages from the whole list, with cursors as clients get them."""
    starts = [users * part // PAGES for part in range(PAGES)]
    address = "/users/?page_size=20&cursor="
    return [
        line("GET", address + cursor, bench.tokens[environment.ADMIN])
        for cursor in environment.cursors("users", starts)
    ]


def workloads(bench: Bench, users: int) -> dict[str, list[str]]:
    return {
        "GET /users/me": bench.me(),
        "POST /users/me/progress": bench.report(),
        "GET /users/, any page": deep_pages(bench, users),
    }


@contextlib.contextmanager
def benches(few: int, many: int, slices: int) -> Iterator[list[Bench]]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(environment.postgresql())
        opened = []
        for number, users in enumerate((few, many)):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = environment.make_database(server, f"growth{number}")
            print(f"{users:,} users …", flush=True)
            environment.seed(url, users, few=2, many=20)
            on = Environment(url, None, folder, server.process.pid)
            stack.callback(on.stop)
            opened.append(Bench(on, "postgresql", 2, slices, folder))
        yield opened


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--slices", type=int, default=9)
    options = parser.parse_args()
    with benches(options.few, options.many, options.slices) as pair:
        sent = [
            workloads(bench, users)
            for bench, users in zip(pair, (options.few, options.many), strict=True)
        ]
        print(f"{'':24} {'share':>5} {'(min … max)':>15} {'few µs':>8} {'many µs':>8} errors")
        for name in sent[0]:
            files = [
                bench.file(f"{number}", lines[name])
                for number, (bench, lines) in enumerate(zip(pair, sent, strict=True))
            ]
            for bench, file in zip(pair, files, strict=True):
                bench.burst(bench.on.service, file, 2)  # until everything is in memory
            rounds = [
                [
                    bench.burst(bench.on.service, file)
                    for bench, file in zip(pair, files, strict=True)
                ]
                for _ in range(options.slices)
            ]
            shares = [few.cpu_us / many.cpu_us for few, many in rounds]
            few_us, many_us = (statistics.median(pair[n].cpu_us for pair in rounds) for n in (0, 1))
            errors = sum(one.errors for two in rounds for one in two)
            print(
                f"{name:24} {statistics.median(shares):5.2f} "
                f"({min(shares):.2f} … {max(shares):.2f}) {few_us:8.0f} {many_us:8.0f} {errors}",
                flush=True,
            )


if __name__ == "__main__":
    main()
