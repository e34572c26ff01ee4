"""Tell sooner than marshmallow that a payload is well-formed: the same schemas, compiled.

Nearly all that comes is well-formed, and loading it costs more than recording it. What
fits is surely what loading would give; of what does not, loading decides, and names
the faults. What is not understood here never fits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from marshmallow import ValidationError, fields

from service.recording.schemas import LARGEST_NUMBER, Payload, Texts, Whole

Fits = Callable[[Any], bool]

_SHAPES: dict[type, Fits] = {
    fields.Raw: lambda value: value is not None,
    fields.Dict: lambda value: type(value) is dict,
    fields.String: lambda value: type(value) is str,
    Whole: lambda value: type(value) is int and abs(value) <= LARGEST_NUMBER,
}


@cache
def compile_schema(schema: Payload) -> Fits:
    """Compile a schema into a look that tells whether it would load a value, and load it as it is."""
    members = {name: _compile_member(member) for name, member in schema.fields.items()}
    required = {name for name, member in schema.fields.items() if member.required}

    def fits(value: Any) -> bool:
        if type(value) is not dict or not required <= value.keys():
            return False
        return all(name in members and members[name](member) for name, member in value.items())

    return fits


def _compile_member(member: fields.Field[Any]) -> Fits:
    shape, validators = _compile_shape(member), tuple(member.validators)
    return (lambda value: shape(value) and _passes(value, validators)) if validators else shape


def _compile_shape(member: fields.Field[Any]) -> Fits:
    if type(member) is fields.Nested and isinstance(member.schema, Payload) and not member.many:
        return compile_schema(member.schema)
    if type(member) in {fields.List, Texts}:
        inner = _compile_member(member.inner)  # type: ignore[attr-defined]
        return lambda value: type(value) is list and all(inner(one) for one in value)
    return _SHAPES.get(type(member), lambda _: False)


def _passes(value: object, validators: tuple[Callable[[Any], Any], ...]) -> bool:
    try:
        for validate in validators:
            validate(value)
    except ValidationError:
        return False
    return True
