"""Docstrings, comments and messages of the package use plain words."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WORDS = "whoever somebody nobody anybody whom anew alike oneself meanwhile shall".split()
AVOIDED = re.compile(rf"\b({'|'.join(WORDS)})('s)?\b", re.IGNORECASE)
FILES = sorted((ROOT / "learnpath").rglob("*.py"))


def prose(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the first line and the text of each comment and each string of several words."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
    with tokenize.open(file) as source:
        for token in tokenize.generate_tokens(source.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def avoided_words(file: Path) -> list[str]:
    """Return each use of a word to avoid as `line: word`."""
    return [
        f"{line + text.count(chr(10), 0, match.start())}: {match[0]}"
        for line, text in prose(file)
        for match in AVOIDED.finditer(text)
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_is_written_in_plain_words(file):
    assert avoided_words(file) == []


def test_each_kind_of_prose_is_read(tmp_path):
    file = tmp_path / "example.py"
    file.write_text(
        '"""For whoever reads.\n\nNobody\'s."""\nNAME = "nobody@example.org"\n'
        '# Shall\ndef run():\n    """Runs for somebody."""\n    return add(help="Twice alike.")\n'
    )
    assert sorted(avoided_words(file)) == [
        "1: whoever",
        "3: Nobody's",
        "5: Shall",
        "7: somebody",
        "8: alike",
    ]
