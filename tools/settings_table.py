"""Write the settings of learnpath/config.py into README.md and .env.example.

Run it with `make settings` after a setting has changed; a test fails until it was run.
"""

from pathlib import Path

from learnpath.config import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- settings -->", "<!-- /settings -->"
WHAT_DEVELOPMENT_WANTS = {"ENVIRONMENT": "development", "SECRET_KEY": "", "LOG_FORMAT": "plain"}
ABOUT_THE_EXAMPLE = """\
# Copy this file to .env, and take the # away from what you change.
# An empty value means the default. The real environment wins over this file.
# Written by `make settings` from learnpath/config.py.
"""


def spelled(value: object) -> str:
    """Return a default as one writes it in a .env file."""
    return "" if value == [] else str(value).lower() if isinstance(value, bool) else str(value)


def table() -> str:
    """Return every setting as a row of Markdown."""
    rows = ["| name | default | meaning |", "|---|---|---|"]
    for setting in SETTINGS:
        default = f"`{spelled(setting.default)}`" if spelled(setting.default) else "none"
        rows.append(f"| `{setting.name}` | {default} | {setting.meaning} |")
    return "\n".join(rows)


def readme(text: str) -> str:
    """Return the README's `text` with the table of today between its two markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def env_example() -> str:
    """Return a .env that suits development, with every setting and what it means."""
    paragraphs = [ABOUT_THE_EXAMPLE]
    for name, _, default, meaning, *_ in SETTINGS:
        mark = "" if name in WHAT_DEVELOPMENT_WANTS else "#"
        value = WHAT_DEVELOPMENT_WANTS.get(name, spelled(default))
        paragraphs.append(f"# {meaning}\n{mark}{name}={value}\n")
    return "\n".join(paragraphs)


if __name__ == "__main__":
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (ROOT / "README.md").write_text(readme(text), encoding="utf-8")
    (ROOT / ".env.example").write_text(env_example(), encoding="utf-8")
