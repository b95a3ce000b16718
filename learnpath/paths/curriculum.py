"""Read a path from a YAML file; errors name the file and the line."""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path as FilePath
from typing import Any

import marshmallow as ma
import yaml
from marshmallow import validate
from yaml.reader import ReaderError

from ..modules.models import KINDS, PUBLICATION_STATUSES, SUMMARY_MAX
from ..modules.schemas import NewModuleSchema
from ..web.fields import MULTI_LINE, Text
from .models import LEVELS, ORDER_POLICIES
from .path_modules import MODULES_MAX
from .schemas import NewPathModuleSchema, NewPathSchema

MODULE_DEFAULTS: dict[str, Any] = {
    "goals": [],
    "kind": KINDS[0],
    "url": None,
    "links": [],
    "estimated_minutes": None,
}
PATH_DEFAULTS: dict[str, Any] = {
    "description": "",
    "level": LEVELS[0],
    "tags": [],
    "language": "en",
    "order_policy": ORDER_POLICIES[0],
}


class CurriculumError(Exception):
    """A curriculum cannot be read; the message names the file, the line and the reason."""


class CurriculumModuleSchema(NewModuleSchema, NewPathModuleSchema):
    """A module, and whether and after which modules the path requires it."""

    class Meta:
        exclude = ("module",)  # the slug identifies it here

    summary = Text(required=True, min=0, max=SUMMARY_MAX, pattern=MULTI_LINE)


class CurriculumPathSchema(NewPathSchema):
    """The path itself, without its modules."""

    class Meta:
        exclude = ("authors",)  # the command that imports a file names them

    status = ma.fields.String(validate=validate.OneOf(PUBLICATION_STATUSES))


class CurriculumSchema(ma.Schema):
    """A whole file: one path and its modules, in order."""

    path = ma.fields.Nested(CurriculumPathSchema, required=True)
    modules = ma.fields.List(
        ma.fields.Nested(CurriculumModuleSchema),
        required=True,
        validate=validate.Length(max=MODULES_MAX),
    )

    @ma.validates_schema
    def check_prerequisites(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse duplicate modules, unknown prerequisites and cycles."""
        slugs = [module["slug"] for module in data["modules"]]
        for index, module in enumerate(data["modules"]):
            if module["slug"] in slugs[:index]:
                raise _at(index, "slug", "This module is already in the path.")
            for slug in module["requires"]:
                if slug not in slugs:
                    raise _at(index, "requires", f"There is no module {slug} in this path.")
        graph = {module["slug"]: module["requires"] for module in data["modules"]}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            cycle = error.args[1]
            reason = f"These require each other: {', '.join(cycle)}."
            raise _at(slugs.index(cycle[0]), "requires", reason) from None

    @ma.post_load
    def fill_in(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add the defaults of the fields that the file leaves out."""
        modules = [{**MODULE_DEFAULTS, **module} for module in data["modules"]]
        return {"path": {**PATH_DEFAULTS, **data["path"]}, "modules": modules}


def _at(index: int, field: str, message: str) -> ma.ValidationError:
    return ma.ValidationError({"modules": {index: {field: [message]}}})


class StrictLoader(yaml.SafeLoader):
    """YAML without duplicate keys, and without aliases: a few lines of them can fill the memory."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Refuse an alias."""
        if self.check_event(yaml.AliasEvent):
            raise _yaml_error("An alias is not allowed here", self.peek_event())  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """Refuse a duplicate key."""
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise _yaml_error(f"{name} is here twice", key)
            seen.add(name)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Refuse an invalid date or number, such as 2026-02-31."""
        try:
            return super().construct_object(node, deep)
        except ValueError:
            raise _yaml_error(f"{node.value[:50]} has no meaning", node) from None


def _yaml_error(problem: str, where: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=where.start_mark)


def read_curriculum(file: FilePath) -> dict[str, Any]:
    """Return the `path` and the `modules` of a file as plain values.

    Raises CurriculumError for a file that cannot be read, is not YAML or breaks a rule.
    """
    node, content = _parse(file, _read_text(file))
    try:
        loaded: dict[str, Any] = CurriculumSchema().load(content)
    except ma.ValidationError as error:
        where, reason = _first(error.messages)
        name = f"{'.'.join(map(str, where))}: " if where else ""
        raise _error(file, _line_of(node, where), name + reason) from None
    return loaded


def _error(file: FilePath, line: int, reason: str) -> CurriculumError:
    return CurriculumError(f"{file}, line {line}: {reason}")


def _read_text(file: FilePath) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise CurriculumError(f"{file}: It cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _error(file, line, "This is not UTF-8.") from None


def _parse(file: FilePath, text: str) -> tuple[yaml.Node, Any]:
    """Return the root node of `text`, whose nodes have line numbers, and its value."""
    try:
        loader = StrictLoader(text)
        node = loader.get_single_node()
        if node is None:
            raise _error(file, 1, "The file is empty.")
        return node, loader.construct_document(node)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _error(file, line, f"The character #x{error.character:04x} is not allowed.") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _error(file, line, f"{error.problem}.") from None
    except RecursionError:
        raise CurriculumError(f"{file}: It is nested too deeply.") from None


def _first(messages: Any) -> tuple[list[Any], str]:
    """Return the place in the file and the text of the first of marshmallow's nested messages."""
    where = []
    while isinstance(messages, dict):
        key, messages = next(iter(messages.items()))
        if key != "_schema":
            where.append(key)
    return where, messages[0]


def _line_of(node: yaml.Node | None, where: list[Any]) -> int:
    """Return the line (from 1) of the node at `where`, or of the nearest parent that exists."""
    for key in where:
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            node = node.value[key]
        elif isinstance(node, yaml.MappingNode):
            inner = [value for name, value in node.value if name.value == str(key)]
            if not inner:
                break
            node = inner[0]
    return int(node.start_mark.line) + 1 if node else 1
