"""A place to break things: a database, nodes on it, nginx in front, and learners to come."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .load import Crowd
from .nodes import Nginx, Node, Postgres


@dataclass
class Stage:
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
        """Return where clients ask: nginx, where there is one."""
        return self.nginx.url if self.nginx else self.node.url


@contextlib.contextmanager
def on_sqlite(learners: int, folder: Path | None = None, **settings: object) -> Iterator[Stage]:
    """One node on a SQLite file, in `folder` or a temporary one."""
    with _folder() as logs:
        url = f"sqlite:///{(folder or logs) / 'learnpath.db'}"
        crowd = Crowd(url, learners)
        node = Node(url, logs, **settings)
        try:
            yield Stage(logs, url, crowd, [node])
        finally:
            node.stop()


@contextlib.contextmanager
def on_postgresql(
    learners: int,
    nodes: int = 1,
    behind_nginx: bool = False,
    options: Sequence[str] = (),
    **settings: object,
) -> Iterator[Stage]:
    """Some nodes on one PostgreSQL, with nginx in front or without."""
    with contextlib.ExitStack() as to_end, _folder() as folder:
        postgres = Postgres(*options)
        to_end.callback(postgres.stop)
        url = postgres.make("learnpath")
        stage = Stage(folder, url, Crowd(url, learners), [], postgres)
        for _ in range(nodes):
            stage.nodes.append(Node(url, folder, TRUSTED_PROXIES=int(behind_nginx), **settings))
            to_end.callback(stage.nodes[-1].stop)
        if behind_nginx:
            stage.nginx = Nginx(stage.nodes, folder)
            to_end.callback(stage.nginx.stop)
        yield stage


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Make a folder that nginx's workers and PostgreSQL may read too."""
    with tempfile.TemporaryDirectory(prefix="learnpath-chaos-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
