"""The tables of settings in README.md and docs/settings.md, and the file .env.example.

`make docs` writes them; a test fails until it has run after a change.
"""

from collections.abc import Iterable

from learnpath.rate_limits.limits import RATES
from learnpath.settings import CONSTANTS, REMOVED, SETTINGS, TIMEOUTS, Setting

COMMON = (
    "ENVIRONMENT SECRET_KEY DATABASE_URL PORT HOST WEB_CONCURRENCY TRUSTED_PROXIES "
    "REGISTRATION_OPEN MAIL_URL MAIL_FROM PUBLIC_URL CORS_ORIGINS"
).split()
DEVELOPMENT = {"ENVIRONMENT": "development", "SECRET_KEY": "", "LOG_FORMAT": "plain"}
EXAMPLE_HEAD = """\
# Copy this file to .env, and remove the # from what you change.
# An empty value means the default. The real environment wins over this file.
# Written by `make docs` from learnpath/settings.py.
"""


def env_value(value: object) -> str:
    """Return a default as a .env file has it."""
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value == [] else str(value).lower() if isinstance(value, bool) else str(value)


def markdown(heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Return a table of Markdown."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def settings(names: Iterable[str] = ()) -> str:
    """Return the settings with these names, by default all, as a table."""
    by_name = {setting.name: setting for setting in SETTINGS}
    rows = (_row(by_name[name]) for name in names or by_name)
    return markdown(("name", "default", "meaning"), rows)


def _row(setting: Setting) -> tuple[object, ...]:
    default = env_value(setting.default)
    return f"`{setting.name}`", f"`{default}`" if default else "none", setting.help


def common_settings() -> str:
    """Return the settings that most installations set."""
    return settings(COMMON)


def timeouts() -> str:
    """Return the time limits that follow from DATABASE_TIMEOUT."""
    base = next(setting.default for setting in SETTINGS if setting.name == "DATABASE_TIMEOUT")
    rows = (
        (f"`{timeout.name}`", f"× {timeout.share:g}", timeout.seconds(base), timeout.help)
        for timeout in TIMEOUTS
    )
    return markdown(("name", "DATABASE_TIMEOUT", "seconds by default", "longest time to"), rows)


def rates() -> str:
    """Return the rate limits."""
    return markdown(
        ("name", "rate", "limits"), ((f"`{name}`", rate, help) for name, rate, help in RATES)
    )


def constants() -> str:
    """Return the constants with the reason for each."""
    rows = ((f"`{name}`", f"{value} {unit}", reason) for name, value, unit, reason in CONSTANTS)
    return markdown(("name", "value", "reason"), rows)


def removed() -> str:
    """Return the names that stop the start."""
    return markdown(("name", "message"), ((f"`{name}`", text) for name, text in REMOVED.items()))


PARTS = {
    "common settings": common_settings,
    "settings": settings,
    "timeouts": timeouts,
    "rates": rates,
    "constants": constants,
    "removed settings": removed,
}


def env_example() -> str:
    """Return a .env for development, with every setting and its meaning."""
    paragraphs = [EXAMPLE_HEAD]
    for setting in SETTINGS:
        mark = "" if setting.name in DEVELOPMENT else "#"
        value = DEVELOPMENT.get(setting.name, env_value(setting.default))
        paragraphs.append(f"# {setting.help}\n{mark}{setting.name}={value}\n")
    return "\n".join(paragraphs)
