"""Operations as clients send them: by the documents of schema/operations, with what they are given as JSON."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, parse

from jxc_graphql import schema
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.schema.types import Argument, IdOf, InputType, Ref
from jxc_graphql.gql.words.describe import camel, screaming
from jxc_graphql.kit.numbers import Fixed
from tests.make.contract import Operation
from tests.operations import documents


def sent_by(operation: Operation) -> list[str]:
    """The client's documents that run an operation and do nothing else."""
    return [name for name, fields in mutations().items() if fields == [camel(operation.__name__)]]


@cache
def mutations() -> dict[str, list[str]]:
    """Of each document of the client with mutations, which these are."""
    found = {}
    for name, text in documents().items():
        for one in parse(text).definitions:
            if isinstance(one, OperationDefinitionNode) and one.operation.value == "mutation":
                found[name] = [each.name.value for each in one.selection_set.selections if isinstance(each, FieldNode)]
    return found


def fields_of(operation: Operation) -> Mapping[str, Argument]:
    """The fields of the input with which clients run an operation."""
    mutation = schema.schema().types.mutation
    assert mutation is not None
    kind = mutation.fields[camel(operation.__name__)].arguments["input"].type.of
    assert isinstance(kind, InputType)
    return kind.fields


def written(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of such a document."""
    fields = fields_of(operation)
    which = {"id": given[_key(fields["id"])]} if "id" in fields else {}
    return {"input": _object(fields, {**given, **which})}


def _key(field: Argument) -> str:
    """What an operation calls the thing whose id a field is."""
    assert isinstance(field.type.of, IdOf)
    assert field.type.of.entity is not None
    return f"{screaming(field.type.of.entity.name).lower()}_id"


def _object(fields: Mapping[str, Argument], told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _value(field.type, told[field.python_name])
        for name, field in fields.items()
        if told.get(field.python_name) is not None
    }


def _value(ref: Ref, value: Any) -> Any:
    if ref.many:
        return [_value(Ref(ref.of), one) for one in value]
    match ref.of:
        case IdOf(entity):
            assert entity is not None
            return global_id(entity.name, value)
        case InputType():
            return _object(ref.of.fields, {name: getattr(value, name) for name in value.__struct_fields__})
    if isinstance(value, StrEnum):
        return value.name
    return str(value) if isinstance(value, Fixed | date) else value
