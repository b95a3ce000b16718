"""A stack to inject faults into: a database, nodes, nginx in front, and learners."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .load import Crowd
from .nodes import Nginx, Node, Postgres


@dataclass
class Stack:
    folder: Path
    database_url: str
    crowd: Crowd
    nodes: list[Node]
    postgres: Postgres | None = None
    nginx: Nginx | None = None

    @property
    def node(self) -> Node:
        return self.nodes[0]

    @property
    def url(self) -> str:
        """Return the URL for clients: that of nginx, if it runs."""
        return self.nginx.url if self.nginx else self.node.url


@contextlib.contextmanager
def on_sqlite(learners: int, folder: Path | None = None, **settings: object) -> Iterator[Stack]:
    """Run one node on a SQLite file in `folder`, or in a temporary directory."""
    with _folder() as logs:
        url = f"sqlite:///{(folder or logs) / 'learnpath.db'}"
        crowd = Crowd(url, learners)
        node = Node(url, logs, **settings)
        try:
            yield Stack(logs, url, crowd, [node])
        finally:
            node.stop()


@contextlib.contextmanager
def on_postgresql(
    learners: int,
    nodes: int = 1,
    behind_nginx: bool = False,
    options: Sequence[str] = (),
    **settings: object,
) -> Iterator[Stack]:
    """Run nodes on one PostgreSQL, with or without nginx in front."""
    with contextlib.ExitStack() as cleanup, _folder() as folder:
        postgres = Postgres(*options)
        cleanup.callback(postgres.stop)
        url = postgres.make("learnpath")
        stack = Stack(folder, url, Crowd(url, learners), [], postgres)
        for _ in range(nodes):
            stack.nodes.append(Node(url, folder, TRUSTED_PROXIES=int(behind_nginx), **settings))
            cleanup.callback(stack.nodes[-1].stop)
        if behind_nginx:
            stack.nginx = Nginx(stack.nodes, folder)
            cleanup.callback(stack.nginx.stop)
        yield stack


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Create a directory that nginx's workers and PostgreSQL can read too."""
    with tempfile.TemporaryDirectory(prefix="learnpath-chaos-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
