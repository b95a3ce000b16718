"""Examples of bodies, put together from the examples that the fields of a schema carry."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate


def example_answer(schema: ma.Schema | type[ma.Schema]) -> Any:
    """Return what an answer by `schema` looks like, with every field."""
    made = _made(schema)
    return _several(made, {key: _example(field) for key, field in _dumped(made)})


def example_request(schema: ma.Schema | type[ma.Schema]) -> Any:
    """Return what may be sent by `schema`: the example of its Meta, or what is required."""
    made = _made(schema)
    if own := getattr(vars(type(made)).get("Meta"), "example", None):
        return own
    fields = {field.data_key or name: field for name, field in made.load_fields.items()}
    return _several(made, {key: _example(fields[key]) for key in fields if fields[key].required})


def _made(schema: ma.Schema | type[ma.Schema]) -> ma.Schema:
    return schema() if isinstance(schema, type) else schema


def _dumped(schema: ma.Schema) -> list[tuple[str, ma.fields.Field[Any]]]:
    return [(field.data_key or name, field) for name, field in schema.dump_fields.items()]


def _several(schema: ma.Schema, example: dict[str, Any]) -> Any:
    return [example] if schema.many else example


def _example(field: ma.fields.Field[Any]) -> Any:
    """Return the example of a field: its own, else one that follows from what it is.

    Raises TypeError where nothing follows.
    """
    if "example" in field.metadata:
        return field.metadata["example"]
    if isinstance(field, ma.fields.Nested):
        return example_answer(field.schema)
    if isinstance(field, ma.fields.List):
        return [_example(field.inner)]
    if isinstance(field, ma.fields.Boolean):
        return False
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            return next(iter(rule.choices))
    if field.allow_none:
        return None
    raise TypeError(f'give {field.parent}.{field.name} an example: metadata={{"example": …}}')
