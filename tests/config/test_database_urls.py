"""The database is named in one form, and one that cannot be used is refused."""

import pytest

from learnpath.config import normalize_database_url
from learnpath.settings import PROJECT_ROOT


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("postgres://ada:pw@db/learn", "postgresql+psycopg://ada:pw@db/learn"),
        ("postgresql://ada:pw@db:5433/learn", "postgresql+psycopg://ada:pw@db:5433/learn"),
        ("postgresql+psycopg2://db/learn", "postgresql+psycopg://db/learn"),
        ("postgresql+psycopg://db/learn", "postgresql+psycopg://db/learn"),
        ("postgresql+asyncpg://db/learn", "postgresql+psycopg://db/learn"),
        ("postgresql://db/learn?sslmode=require", "postgresql+psycopg://db/learn?sslmode=require"),
        ("postgresql://a:p%40ss@db/learn", "postgresql+psycopg://a:p%40ss@db/learn"),
        ("postgresql:///learn?host=/run/pg", "postgresql+psycopg:///learn?host=%2Frun%2Fpg"),
        (
            "postgresql://u:p@a:1,b:2/learn?sslmode=require",
            "postgresql+psycopg://u:p@/learn?host=a%3A1&host=b%3A2&sslmode=require",
        ),
        ("postgres://a,b/learn", "postgresql+psycopg:///learn?host=a&host=b"),
        ("sqlite:///learnpath.db", f"sqlite:///{PROJECT_ROOT}/learnpath.db"),
        ("sqlite:///./data/../learnpath.db", f"sqlite:///{PROJECT_ROOT}/learnpath.db"),
        ("sqlite+pysqlite:///learnpath.db", f"sqlite:///{PROJECT_ROOT}/learnpath.db"),
        ("sqlite:////var/lib/learnpath.db", "sqlite:////var/lib/learnpath.db"),
    ],
)
def test_a_database_address_is_brought_into_one_form(url, normal):
    assert normalize_database_url(url).render_as_string(hide_password=False) == normal


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite://", "needs a file"),
        ("sqlite:///", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:///file::memory:?uri=true", "needs a file"),
        ("sqlite://learnpath.db", "needs a file"),
        ("sqlite://data/learnpath.db", "three slashes"),
        ("mysql://db/learn", "mysql is not supported"),
        ("mysql+pymysql://db/learn", "mysql is not supported"),
        ("oracle://db/learn", "oracle is not supported"),
        ("learnpath.db", "not a database URL"),
        ("postgresql://ada:pw@db:port/learn", "not a database URL"),
        (" ", "not a database URL"),
    ],
)
def test_a_database_that_cannot_be_used_is_told(environment, refusal, url, reason):
    environment(DATABASE_URL=url)
    sentence = refusal()
    assert sentence.startswith("DATABASE_URL: ")
    assert reason in sentence
    assert "pw" not in sentence
