"""The lists of a schema, whichever they are."""

from collections.abc import Iterator

from jxc_graphql.gql.schema.types import Field, ObjectType, ToMany, Types


def connections(types: Types) -> Iterator[tuple[ObjectType, Field]]:
    """Every field of the schema that is a list of rows, with its owner."""
    for owner in types.objects.values():
        for field in owner.fields.values():
            if isinstance(field.source, ToMany):
                yield owner, field
