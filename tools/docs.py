"""Write the parts of the docs that come from the code: snippets, diagrams, help of commands.

Run it with `make docs` after the code has changed; otherwise a test fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tools import commands_page, diagrams, settings_table, snippets

ROOT = Path(__file__).resolve().parent.parent
PARTS: dict[str, Callable[[], str]] = {
    **settings_table.PARTS,
    "commands": commands_page.reference,
    "imports between features": diagrams.between_features,
    "imports inside a feature": diagrams.inside_a_feature,
    "references": diagrams.references,
    "tables": diagrams.tables,
}


def pages() -> Iterator[Path]:
    """Yield every page of the docs."""
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def written(page: str) -> str:
    """Return the text of a page with the current code in it."""
    for name, part in PARTS.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        if begin in page:
            before, _, rest = page.partition(begin)
            after = rest.partition(end)[2]
            page = f"{before}{begin}\n{part()}\n{end}{after}"
    return snippets.fill(page)


if __name__ == "__main__":
    for file in pages():
        text = file.read_text(encoding="utf-8")
        file.write_text(written(text), encoding="utf-8")
    (ROOT / ".env.example").write_text(settings_table.env_example(), encoding="utf-8")
