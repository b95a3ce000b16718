"""W8: does a request cost the same with 1,000,000 users as with 10,000? python -m benchmarks.growth

Two databases of one server differ in nothing but how many people are in them, each with progress
on 2 modules (every tenth on 20). Both are asked in turn, in short slices; what is printed is the
processor time of a request among few people as a share of the same among many: 1.00 means that
nobody pays for the others.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import stage
from .bench import Bench, line
from .stage import Stage

PAGES = 50


def deep_pages(bench: Bench, users: int) -> list[str]:
    """Pages from everywhere in the list, by cursors such as clients are given."""
    starts = [users * part // PAGES for part in range(PAGES)]
    address = "/users/?page_size=20&cursor="
    return [
        line("GET", address + cursor, bench.tokens[stage.ADMIN])
        for cursor in stage.cursors("users", starts)
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
        server = stack.enter_context(stage.postgresql())
        opened = []
        for number, users in enumerate((few, many)):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stage.make_database(server, f"growth{number}")
            print(f"{users:,} users …", flush=True)
            stage.seed(url, users, few=2, many=20)
            on = Stage(url, None, folder, server.process.pid)
            stack.callback(on.stop)
            opened.append(Bench(on, "postgresql", 2, slices, folder))
        yield opened


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--slices", type=int, default=9)
    wanted = parser.parse_args()
    with benches(wanted.few, wanted.many, wanted.slices) as pair:
        sent = [
            workloads(bench, users)
            for bench, users in zip(pair, (wanted.few, wanted.many), strict=True)
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
                for _ in range(wanted.slices)
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
