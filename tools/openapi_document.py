"""Write the OpenAPI document, generated from the code, to docs/openapi.json.

Run it with `make openapi` after an operation, a schema or a refusal has changed; a test fails
until it was run.
"""

from __future__ import annotations

import json
from pathlib import Path

from learnpath import create_app
from learnpath.extensions import rest

TARGET = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def written() -> str:
    """Return the document as it stands in the file."""
    return json.dumps(rest.spec.to_dict(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    create_app({"ENVIRONMENT": "development"})
    TARGET.write_text(written(), encoding="utf-8")
