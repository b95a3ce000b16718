"""Copy pieces of the source into the docs, by name, so that both stay equal.

`<!-- snippet: learnpath/clock.py#now -->` fills the code block below it with the function
`now`. A name may be a function, a class, a constant or `Class.method`.
"""

from __future__ import annotations

import ast
import re
import textwrap
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SNIPPET = re.compile(
    r"<!-- snippet: (?P<file>[\w./]+)#(?P<name>[\w.]+) -->\n(?:\n*```python\n.*?^```\n)?",
    re.MULTILINE | re.DOTALL,
)


def fill(page: str) -> str:
    """Return a page of Markdown with the current code below every marker."""
    return SNIPPET.sub(lambda found: _block(found["file"], found["name"]), page)


def _block(file: str, name: str) -> str:
    code = source_of(file, name)
    return f"<!-- snippet: {file}#{name} -->\n\n```python\n{code}\n```\n"


def source_of(file: str, name: str) -> str:
    """Return the source of `name` in `file`. Raises LookupError if it does not exist."""
    text = _text(file)
    scope: ast.AST = _tree(file)
    for part in name.split("."):
        scope = _find(scope, part, f"{file}#{name}")
    decorators = getattr(scope, "decorator_list", [])
    first = min([scope.lineno, *(decorator.lineno for decorator in decorators)])
    return textwrap.dedent("\n".join(text.splitlines()[first - 1 : scope.end_lineno]))


def _find(scope: ast.AST, name: str, asked: str) -> ast.stmt:
    for statement in scope.body:
        if name in _names(statement):
            return statement
    raise LookupError(f"there is no {asked}")


def _names(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Assign):
        return {target.id for target in statement.targets if isinstance(target, ast.Name)}
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return {statement.target.id}
    return {getattr(statement, "name", "")}


@cache
def _text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse(_text(file))
