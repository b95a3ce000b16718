"""Write the OpenAPI document, generated from the code, to docs/openapi.json.

Run it with `make openapi` after an operation, a schema or a problem has changed; otherwise a test
fails.
"""

from __future__ import annotations

import json
from pathlib import Path

from learnpath import create_app
from learnpath.extensions import rest

TARGET = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def written() -> str:
    """Return the text of the document."""
    return json.dumps(rest.spec.to_dict(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    create_app({"ENVIRONMENT": "development"})
    TARGET.write_text(written(), encoding="utf-8")
