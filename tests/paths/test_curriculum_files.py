"""A path is written as a YAML file, and errors name the line and the reason."""

import pytest

from learnpath.paths.curriculum import CurriculumError, read_curriculum

from ..cpu_limit import cpu_time_limit

HEAD = "path: {slug: python, title: Python}\n"  # line 1
LOOPS = "modules:\n  - {slug: loops, title: Loops, summary: Again}\n"


@pytest.fixture
def read(tmp_path):
    """Read a curriculum file with this content."""

    def read(content):
        file = tmp_path / "python.yaml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_curriculum(file)

    return read


def module(fields):
    """Return a good head and one module, whose last `fields` stand on line 6."""
    return f"{HEAD}modules:\n  - slug: loops\n    title: Loops\n    summary: Again\n    {fields}\n"


def test_a_short_file_is_enough(read):
    assert read(HEAD + LOOPS) == {
        "path": {
            "slug": "python",
            "title": "Python",
            "description": "",
            "level": "beginner",
            "tags": [],
            "language": "en",
            "order_policy": "free",
        },
        "modules": [
            {
                "slug": "loops",
                "title": "Loops",
                "summary": "Again",
                "goals": [],
                "kind": "lesson",
                "url": None,
                "links": [],
                "estimated_minutes": None,
                "required": True,
                "requires": [],
            }
        ],
    }


BAD_FILES = {
    # the file → the line that is named, and words of the reason
    "nothing at all": ("", 1, "The file is empty"),
    "only a comment": ("# soon\n", 1, "The file is empty"),
    "a sentence": ("Learn Python!\n", 1, "Invalid input type"),
    "a list": ("- loops\n", 1, "Invalid input type"),
    "two documents": (f"{HEAD}{LOOPS}---\n{HEAD}", 4, "found another document"),
    "a bracket that never closes": ("path: {slug: [\n", 2, "expected"),
    "a tab for indentation": (f"{HEAD}modules:\n\t- slug: loops\n", 3, "cannot start any token"),
    "a control character": (f"{HEAD}modules:\n  - slug: 'lo\x07ops'\n", 3, "#x0007"),
    "bytes that are not UTF-8": (HEAD.encode() + b"modules: caf\xe9\n", 2, "not UTF-8"),
    "a tag of Python": (f"{HEAD}modules: !!python/object:os.system {{}}\n", 2, "python/object"),
    "a day that does not exist": (module("goals: [2026-02-31]"), 6, "2026-02-31"),
    "a number of five thousand digits": (module("estimated_minutes: " + "9" * 5000), 6, "999"),
    "a list as a key": (f"{HEAD}? [a, b]\n: c\n", 2, "unhashable key"),
    "an alias": ("path: &path {slug: python, title: Python}\nmodules: [*path]\n", 2, "alias"),
    "an alias of itself": (HEAD + "modules: &all [*all]\n", 2, "alias"),
    "a key twice": (module("title: Loops again"), 6, "title is here twice"),
    "a section twice": (HEAD + LOOPS + HEAD, 4, "path is here twice"),
    "an unknown key": (module("author: Grace"), 6, "modules.0.author: Unknown field"),
    "an unknown section": (f"{HEAD}{LOOPS}notes: none\n", 4, "notes: Unknown field"),
    "a number as a key": (f"{HEAD}{LOOPS}7: none\n", 4, "7: Unknown field"),
    "no path": (LOOPS, 1, "path: Missing data"),
    "no modules": (HEAD, 1, "modules: Missing data"),
    "a state that no path has": (f"{HEAD[:-2]}, status: new}}\n{LOOPS}", 1, "path.status: Must be"),
    "a stub": (module("status: uncatalogued"), 6, "modules.0.status: Must be one of: draft"),
    "no revision": (module("revision: 0"), 6, "modules.0.revision: Must be greater"),
    "a module without a title": (
        f"{HEAD}modules:\n  - slug: loops\n    summary: Again\n",
        3,
        "modules.0.title: Missing data",
    ),
    "a module that is only a word": (f"{HEAD}modules:\n  - loops\n", 3, "Invalid input type"),
    "a path slug in capitals": (
        "path:\n  title: Python\n  slug: Python\n" + LOOPS,
        3,
        "path.slug: Not a slug",
    ),
    "a module slug with a space": (
        f"{HEAD}modules:\n  - title: Loops\n    summary: Again\n    slug: the loops\n",
        5,
        "modules.0.slug: Not a module id",
    ),
    "a reserved word": (
        f"{HEAD}modules:\n  - title: Events\n    summary: All\n    slug: events\n",
        5,
        "reserved",
    ),
    "a module twice": (
        f"{HEAD}{LOOPS}  - title: Again\n    summary: Twice\n    slug: loops\n",
        6,
        "modules.1.slug: This module is already in the path",
    ),
    "an unknown prerequisite": (module("requires: [magic]"), 6, "There is no module magic"),
    "a module that requires itself": (
        module("requires: [loops]"),
        6,
        "These require each other: loops, loops",
    ),
    "a circle of prerequisites": (
        module("requires: [lists]")
        + "  - slug: lists\n    title: Lists\n    summary: All\n    requires: [loops]\n",
        6,
        "These require each other: loops, lists, loops",
    ),
    "an empty title": ("path:\n  slug: python\n  title: ''\n" + LOOPS, 3, "path.title"),
    "a date for a title": ("path:\n  slug: python\n  title: 2026-01-01\n" + LOOPS, 3, "path.title"),
    "an unknown level": (
        "path:\n  slug: python\n  title: Python\n  level: expert\n" + LOOPS,
        4,
        "path.level: Must be one of: beginner",
    ),
    "an unknown kind": (module("kind: song"), 6, "modules.0.kind: Must be one of: lesson"),
    "minutes in words": (module("estimated_minutes: an hour"), 6, "Not a valid integer"),
    "minutes between quotes": (module("estimated_minutes: '60'"), 6, "Not a valid integer"),
    "half a minute": (module("estimated_minutes: 0.5"), 6, "Not a valid integer"),
    "no minutes": (module("estimated_minutes: 0"), 6, "Must be greater than or equal to 1"),
    "a word for a truth": (module("required: 'true'"), 6, "Not a valid boolean"),
    "a goal that is a list": (module("goals: [[a]]"), 6, "modules.0.goals.0: Not a valid string"),
    "a goal without end": (module(f"goals: [{'a' * 201}]"), 6, "Length must be between 1 and 200"),
    "an escaped NUL": (module('goals: ["a\\0b"]'), 6, "Control characters"),
    "half a character": (module('goals: ["\\ud800"]'), 6, "modules.0.goals.0: "),
    "a url of another kind": (module("url: javascript:alert(1)"), 6, "Not a valid URL"),
    "a url without end": (module(f"url: https://example.org/{'a' * 500}"), 6, "Longer than"),
    "a link with both url and file": (
        module("links: [{title: A, url: https://example.org, file: README.md}]"),
        6,
        "modules.0.links.0: Give a link either `url` or `file`",
    ),
    "a link to nowhere": (module("links: [{title: A}]"), 6, "either `url` or `file`"),
}


@pytest.mark.parametrize(("content", "line", "reason"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_told_with_its_line_and_the_reason(read, tmp_path, content, line, reason):
    with pytest.raises(CurriculumError) as refused:
        read(content)
    sentence = str(refused.value)
    assert sentence.startswith(f"{tmp_path / 'python.yaml'}, line {line}: ")
    assert reason in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 500


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CurriculumError, match="cannot be read"):
        read_curriculum(tmp_path / "missing.yaml")


def test_brackets_a_thousand_deep_are_told(read):
    with pytest.raises(CurriculumError, match="nested too deeply"):
        read(HEAD + "modules: " + "[" * 1000)


def test_a_few_lines_of_aliases_cannot_keep_the_service_busy(read):
    bomb = "a0: &a0 [lol, lol]\n" + "".join(
        f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(30)
    )
    with cpu_time_limit(), pytest.raises(CurriculumError, match=r"line 2: .*alias"):
        read(bomb)
