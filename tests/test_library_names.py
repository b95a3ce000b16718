"""Names of libraries that may change: each one exists, and the package uses no others."""

import ast
import importlib
import inspect
import pkgutil
import re

import pytest

import learnpath
from tools.docs import ROOT

(DECISION,) = (ROOT / "docs" / "decisions").glob("*-speed-in-few-places.md")
ROWS = [
    line for line in DECISION.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
]
NAMES = [name for row in ROWS for name in re.findall(r"`([\w.]+:[\w.]+)`", row.split(" | ")[0])]
LISTED = {name.rpartition(".")[2].rpartition(":")[2] for name in NAMES}

FRAGILE = {"flask", "flask_smorest", "gunicorn", "webargs", "yaml"}  # every override is listed
SET_BY_FLASK = {"methods"}  # an attribute that a MethodView gets by itself
REPLACEABLE = {"app", "server", "logging"}  # objects of libraries to which the package assigns
SOURCES = sorted((ROOT / "learnpath").rglob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_the_name_exists(name):
    module_name, _, attributes = name.partition(":")
    thing = importlib.import_module(module_name)
    *owners, attribute = attributes.split(".")
    for owner in owners:
        thing = getattr(thing, owner)
    assert hasattr(thing, attribute) or attribute in attributes_of_instances(thing), name


def attributes_of_instances(cls):
    """Return the names that the methods of a class assign to `self`."""
    sources = [inspect.getsource(base) for base in cls.__mro__ if base is not object]
    annotated = {name for base in cls.__mro__ for name in vars(base).get("__annotations__", {})}
    return annotated | set(re.findall(r"self\.(\w+)(?:: [^=\n]+)? =", "".join(sources)))


def test_the_package_uses_no_other_private_name():
    used = {
        f"{path.relative_to(ROOT)}:{node.lineno} {name}"
        for path, tree in trees()
        for node, name in private_names(tree)
        if name not in LISTED and name not in OWN
    }
    assert used == set(), f"describe them in {DECISION.name}"


def trees():
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES]


def is_private(name):
    return name.startswith("_") and not name.startswith("__") and name != "_"


def private_names(tree):
    """Yield what is read from or imported of something else than `self`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            yield node, node.attr
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            parts = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from ((node, part) for part in parts if is_private(part))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("getattr", "setattr"):
            name = getattr(node.args[1], "value", "")
            if isinstance(name, str) and is_private(name):
                yield node, name


def own_names():
    """Return the private names that the package defines itself."""
    for _path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield node.name
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            is_stored = isinstance(getattr(node, "ctx", None), ast.Store)
            if is_stored and isinstance(node, ast.Attribute) and is_self(node.value):
                yield node.attr


def is_self(node):
    return getattr(node, "id", None) in ("self", "cls")


OWN = set(own_names())


def test_every_override_of_a_private_or_fragile_name_is_listed():
    overrides = {
        f"{cls.__module__}.{cls.__qualname__}.{name} of {base.__module__}"
        for cls in own_classes()
        for name in vars(cls)
        for base in cls.__mro__[1:]
        if name in vars(base) and must_be_listed(name, base) and name not in LISTED
    }
    assert overrides == set(), f"describe them in {DECISION.name}"


def own_classes():
    for info in pkgutil.walk_packages(learnpath.__path__, "learnpath."):
        if info.name != "learnpath.server":  # reads the settings of this process
            module = importlib.import_module(info.name)
            for value in vars(module).values():
                if inspect.isclass(value) and value.__module__ == info.name:
                    yield value


def must_be_listed(name, base):
    library = base.__module__.partition(".")[0]
    if library in FRAGILE:
        is_dunder = name.startswith("__") and name != "__location_map__"
        return not is_dunder and name not in SET_BY_FLASK
    return library == "marshmallow" and name in ("_serialize", "_deserialize")


def test_every_replaced_attribute_is_listed():
    replaced = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.attr}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and getattr(node.value, "id", None) in REPLACEABLE
        and node.attr not in LISTED
        and node.attr not in ("logThreads", "logProcesses", "logMultiprocessing")  # documented
    }
    assert replaced == set(), f"describe them in {DECISION.name}"
