"""Examples of request and response bodies, built from the examples of schema fields."""

from typing import Any

import marshmallow as ma
from marshmallow import validate


def example_answer(schema: ma.Schema | type[ma.Schema]) -> Any:
    """Return an example of a response body: every field of `schema`."""
    instance = _instance(schema)
    return _examples(instance, instance.dump_fields)


def example_request(schema: ma.Schema | type[ma.Schema]) -> Any:
    """Return an example of a request body: that of the Meta, or the required fields."""
    instance = _instance(schema)
    if example := getattr(vars(type(instance)).get("Meta"), "example", None):
        return example
    required = {name: field for name, field in instance.load_fields.items() if field.required}
    return _examples(instance, required)


def _instance(schema: ma.Schema | type[ma.Schema]) -> ma.Schema:
    return schema() if isinstance(schema, type) else schema


def _examples(schema: ma.Schema, fields: dict[str, ma.fields.Field[Any]]) -> Any:
    example = {field.data_key or name: _example(field) for name, field in fields.items()}
    return [example] if schema.many else example


def _example(field: ma.fields.Field[Any]) -> Any:
    """Return the example in a field's metadata, or one derived from its type.

    Raises TypeError where none can be derived.
    """
    if "example" in field.metadata:
        return field.metadata["example"]
    if isinstance(field, ma.fields.Nested):
        return example_answer(field.schema)
    if isinstance(field, ma.fields.List):
        return [_example(field.inner)]
    if isinstance(field, ma.fields.Boolean):
        return False
    for validator in field.validators:
        if isinstance(validator, validate.OneOf):
            return next(iter(validator.choices))
    if field.allow_none:
        return None
    raise TypeError(f'give {field.parent}.{field.name} an example: metadata={{"example": …}}')
