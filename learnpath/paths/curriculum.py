"""Reading a path from a YAML file; what is wrong is told with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path as FilePath
from typing import Any

import marshmallow as ma
import yaml
from marshmallow import validate
from yaml.reader import ReaderError

from ..fields import (
    MODULE_ID_PATTERN,
    PARAGRAPHS,
    PATH_SLUG_MAX,
    PATH_SLUG_PATTERN,
    Boolean,
    ModuleId,
    Text,
)
from .models import (
    DESCRIPTION_MAX,
    KINDS,
    LEVELS,
    MINUTES_MAX,
    ORDER_POLICIES,
    PATH_STATUSES,
    REVISION_MAX,
    SUMMARY_MAX,
    TAG_MAX,
    TITLE_MAX,
    URL_MAX,
)

GOAL_MAX = 200


class BadCurriculum(Exception):
    """A curriculum cannot be read; the message names the file, the line and the reason."""


def _slug(max: int) -> list[Any]:
    return [
        validate.Length(min=1, max=max),
        validate.Regexp(rf"^{PATH_SLUG_PATTERN}\Z", error="Not a slug: use a-z, 0-9 and hyphens."),
    ]


class LinkEntrySchema(ma.Schema):
    """A page on the web, or a file of this project."""

    title = Text(required=True, max=TITLE_MAX)
    url = ma.fields.Url(schemes={"https", "http"}, validate=validate.Length(max=URL_MAX))
    file = Text(max=URL_MAX)

    @ma.validates_schema
    def check_target(self, data: dict[str, Any], **_: Any) -> None:
        """Make sure that a link leads to exactly one place."""
        if ("url" in data) == ("file" in data):
            raise ma.ValidationError("Give a link either `url` or `file`.")


class ModuleEntrySchema(ma.Schema):
    """A module and its place in the path."""

    slug = ModuleId(required=True)
    title = Text(required=True, max=TITLE_MAX)
    summary = Text(required=True, min=0, max=SUMMARY_MAX, pattern=PARAGRAPHS)
    goals = ma.fields.List(Text(max=GOAL_MAX), load_default=list, validate=validate.Length(max=20))
    kind = ma.fields.String(load_default=KINDS[0], validate=validate.OneOf(KINDS))
    url = ma.fields.Url(
        load_default=None, schemes={"https", "http"}, validate=validate.Length(max=URL_MAX)
    )
    links = ma.fields.List(
        ma.fields.Nested(LinkEntrySchema), load_default=list, validate=validate.Length(max=20)
    )
    estimated_minutes = ma.fields.Integer(
        strict=True, load_default=None, validate=validate.Range(min=1, max=MINUTES_MAX)
    )
    status = ma.fields.String(validate=validate.OneOf(PATH_STATUSES))
    revision = ma.fields.Integer(strict=True, validate=validate.Range(min=1, max=REVISION_MAX))
    required = Boolean(load_default=True)
    requires = ma.fields.List(
        ma.fields.String(validate=validate.Regexp(rf"^{MODULE_ID_PATTERN}\Z")), load_default=list
    )


class PathEntrySchema(ma.Schema):
    """What a path says of itself."""

    slug = ma.fields.String(required=True, validate=_slug(PATH_SLUG_MAX))
    title = Text(required=True, max=TITLE_MAX)
    description = Text(load_default="", min=0, max=DESCRIPTION_MAX, pattern=PARAGRAPHS)
    level = ma.fields.String(load_default=LEVELS[0], validate=validate.OneOf(LEVELS))
    tags = ma.fields.List(
        ma.fields.String(validate=_slug(TAG_MAX)),
        load_default=list,
        validate=validate.Length(max=10),
    )
    language = Text(load_default="en", max=35)
    order_policy = ma.fields.String(
        load_default=ORDER_POLICIES[0], validate=validate.OneOf(ORDER_POLICIES)
    )
    status = ma.fields.String(validate=validate.OneOf(PATH_STATUSES))


class CurriculumSchema(ma.Schema):
    """A whole file: one path and its modules, in order."""

    path = ma.fields.Nested(PathEntrySchema, required=True)
    modules = ma.fields.List(
        ma.fields.Nested(ModuleEntrySchema), required=True, validate=validate.Length(max=500)
    )

    @ma.validates_schema
    def check_prerequisites(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse modules that stand twice, and prerequisites from elsewhere or in a circle."""
        slugs = [module["slug"] for module in data["modules"]]
        for index, module in enumerate(data["modules"]):
            if module["slug"] in slugs[:index]:
                raise _at(index, "slug", "This module stands in the path already.")
            for slug in module["requires"]:
                if slug not in slugs:
                    raise _at(index, "requires", f"There is no module {slug} in this path.")
        graph = {module["slug"]: module["requires"] for module in data["modules"]}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = error.args[1]
            raise _at(
                slugs.index(circle[0]),
                "requires",
                f"These require each other: {', '.join(circle)}.",
            ) from None


def _at(index: int, field: str, message: str) -> ma.ValidationError:
    return ma.ValidationError({"modules": {index: {field: [message]}}})


class PlainLoader(yaml.SafeLoader):
    """YAML without its traps: no aliases, by which a few lines fill any memory, no key twice."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Refuse an alias."""
        if self.check_event(yaml.AliasEvent):
            raise _marked("An alias is not allowed here", self.peek_event())  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """Refuse a key that stands there already."""
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise _marked(f"{name} stands here twice", key)
            seen.add(name)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Refuse what looks like a date or a number and is none, such as 2026-02-31."""
        try:
            return super().construct_object(node, deep)
        except ValueError:
            raise _marked(f"{node.value[:50]} has no meaning", node) from None


def _marked(problem: str, where: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=where.start_mark)


def read_curriculum(file: FilePath) -> dict[str, Any]:
    """Return what `file` says: `path` and `modules` as plain values.

    Raises BadCurriculum for a file that cannot be read, is not YAML or breaks a rule.
    """
    node, content = _parse(file, _text_of(file))
    try:
        loaded: dict[str, Any] = CurriculumSchema().load(content)
    except ma.ValidationError as error:
        where, reason = next(_flat(error.messages))
        raise _bad(file, _line_of(node, where), _spoken(where) + reason) from None
    return loaded


def _bad(file: FilePath, line: int, reason: str) -> BadCurriculum:
    return BadCurriculum(f"{file}, line {line}: {reason}")


def _text_of(file: FilePath) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise BadCurriculum(f"{file}: It cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _bad(file, line, "This is not UTF-8.") from None


def _parse(file: FilePath, text: str) -> tuple[yaml.Node, Any]:
    """Return the nodes of `text`, which know their lines, and the values that they stand for."""
    try:
        loader = PlainLoader(text)
        node = loader.get_single_node()
        if node is None:
            raise _bad(file, 1, "The file is empty.")
        return node, loader.construct_document(node)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _bad(file, line, f"The character #x{error.character:04x} is not allowed.") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _bad(file, line, f"{error.problem}.") from None
    except RecursionError:
        raise BadCurriculum(f"{file}: It is nested too deeply.") from None


def _flat(messages: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Walk marshmallow's nested messages: yield each place in the file with its reason."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, where if key == "_schema" else (*where, key))
    elif isinstance(messages, list):
        for message in messages:
            yield where, message


def _line_of(node: yaml.Node | None, where: tuple[Any, ...]) -> int:
    """Return the line (from 1) of the place `where`, or of the nearest thing around it."""
    for step in where:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            inner = [value for key, value in node.value if key.value == str(step)]
            if not inner:
                break
            node = inner[0]
    return int(node.start_mark.line) + 1 if node else 1


def _spoken(where: tuple[Any, ...]) -> str:
    return f"{'.'.join(str(step) for step in where)}: " if where else ""
