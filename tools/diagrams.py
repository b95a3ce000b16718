"""Draw the import graph and the tables as Mermaid, which GitHub shows as pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import grimp
import sqlalchemy as sa

import learnpath
from learnpath.db import db

FOLDER = Path(learnpath.__file__).parent
# Files that may import newer features.
EDGES = ("routes", "schemas", "permissions", "listeners", "cli", "export")
SHELVES = ("db", "observability", "rate_limits", "web")  # tools below the features
EXAMPLE = "users"  # the feature whose files are drawn

Arrows = dict[str, set[str]]


def features() -> Iterator[tuple[str, str]]:
    """Yield the name of each feature, and the docstring of its package."""
    for opening in sorted(FOLDER.glob("*/__init__.py")):
        yield opening.parent.name, opening.read_text("utf-8").strip().strip('"').rstrip(".")


def between_features() -> str:
    """Return the imports between features: solid for models and services, dotted for EDGES."""
    solid, dotted = _arrows()
    lines = ["flowchart TD"]
    lines += [f"    {name}" for name, _ in features() if name in solid or name in dotted]
    for feature, elders in sorted(_without_detours(solid).items()):
        lines += [f"    {feature} --> {elder}" for elder in sorted(elders)]
    for feature, others in sorted(dotted.items()):
        lines += [f"    {feature} -.-> {other}" for other in sorted(others - solid[feature])]
    return _mermaid(lines)


def inside_a_feature() -> str:
    """Return how the files of one feature import each other."""
    graph = _graph()
    lines = ["flowchart TD"]
    inside = f"learnpath.{EXAMPLE}."
    for module in sorted(graph.modules):
        if module.startswith(inside):
            for other in sorted(graph.find_modules_directly_imported_by(module)):
                if other.startswith(inside):
                    lines.append(f"    {module.removeprefix(inside)} --> {_last(other)}")
    return _mermaid(lines)


def tables() -> str:
    """Return every table with its columns and references, as one diagram for each feature."""
    diagrams = []
    for feature, own in sorted(_tables_by_feature().items()):
        lines = ["erDiagram"]
        for table in own:
            lines += [f"    {table.name} {{", *map(_column, table.columns), "    }"]
        diagrams.append(f"### {feature}\n\n{_mermaid(lines + _references(own))}")
    return "\n\n".join(diagrams)


def references() -> str:
    """Return the references between all tables."""
    return _mermaid(["erDiagram", *_references([table for _, table in _tables()])])


def _references(tables: list[sa.Table]) -> list[str]:
    """Return a line for each pair of tables, with all columns that refer from one to the other."""
    named = defaultdict(list)
    for table in tables:
        for key in table.foreign_keys:
            named[key.column.table.name, table.name].append(key.parent)
    lines = []
    for (target, source), columns in sorted(named.items()):
        end = "|o" if all(column.nullable for column in columns) else "||"
        label = ", ".join(sorted(column.name for column in columns))
        lines.append(f'    {target} {end}--o{{ {source} : "{label}"')
    return lines


def _tables() -> list[tuple[str, sa.Table]]:
    """Return every table with its feature or tool."""
    pairs = [
        (_feature(mapper.class_.__module__), mapper.local_table)
        for mapper in db.Model.registry.mappers
    ]
    return sorted(pairs, key=lambda pair: pair[1].name)


def _tables_by_feature() -> dict[str, list[sa.Table]]:
    by_feature = defaultdict(list)
    for feature, table in _tables():
        by_feature[feature].append(table)
    return by_feature


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("learnpath", cache_dir=None)


def _arrows() -> tuple[Arrows, Arrows]:
    graph = _graph()
    solid: Arrows = defaultdict(set)
    dotted: Arrows = defaultdict(set)
    names = {name for name, _ in features()} - set(SHELVES)
    for module in graph.modules:
        for other in graph.find_modules_directly_imported_by(module):
            here, there = _feature(module), _feature(other)
            if here != there and {here, there} <= names:
                (dotted if _last(module) in EDGES else solid)[here].add(there)
    return solid, dotted


def _without_detours(arrows: Mapping[str, set[str]]) -> Arrows:
    """Leave out each arrow that follows from two others, so that the diagram stays readable."""

    def reachable(feature: str) -> set[str]:
        direct = arrows.get(feature, set())
        return direct.union(*map(reachable, direct))

    return {
        feature: elders - set().union(*map(reachable, elders)) for feature, elders in arrows.items()
    }


def _column(column: sa.Column) -> str:
    marks = [
        mark
        for mark, holds in (
            ("PK", column.primary_key),
            ("FK", bool(column.foreign_keys)),
            ("UK", bool(column.unique)),
        )
        if holds
    ]
    kind = type(column.type).__name__.lower()
    words = [kind, column.name, ", ".join(marks), '"may be null"' if column.nullable else ""]
    return "        " + " ".join(word for word in words if word)


def _feature(module: str) -> str:
    _, _, rest = module.partition(".")
    return rest.partition(".")[0]


def _last(module: str) -> str:
    return module.rpartition(".")[2]


def _mermaid(lines: list[str]) -> str:
    return "\n".join(["```mermaid", *lines, "```"])
