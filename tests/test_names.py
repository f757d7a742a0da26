"""Names of inputs are one system: `id` is the thing that a mutation acts on, references to others are `…Id`."""

from collections import Counter
from collections.abc import Iterator

from jxc_graphql.gql.schema.types import Argument, Field, IdOf, InputType, ObjectType
from jxc_graphql.schema import schema

MAKES = (
    "assemble",
    "create",
    "disassemble",
    "movePlaces",
    "plan",
    "post",
    "receive",
    "requestTransfer",
    "ship",
    "write",
)
"""Beginnings of what makes something new: out of what, or where, are references. What exists has `id` even so."""
SAID_OF = {"copyStockLimits", "setKitComponents", "scaleStockLimits"}
"""What is changed here is no thing of its own but what is said of one: its recipe, its limits."""


def mutations() -> Iterator[tuple[Field, ObjectType, dict[str, Argument]]]:
    """Each mutation with its payload and the fields of its input."""
    for field in schema().types.objects["Mutation"].fields.values():
        payload = field.type.of
        assert isinstance(payload, ObjectType)
        given = field.arguments["input"].type.of if "input" in field.arguments else None
        yield field, payload, dict(given.fields) if isinstance(given, InputType) else {}


def _about(payload: ObjectType) -> str | None:
    """The kind of thing that a payload shows first."""
    shown = (one.type.of for name, one in payload.fields.items() if name not in {"userErrors", "query"})
    return next((kind.name for kind in shown if isinstance(kind, ObjectType) and kind.table is not None), None)


def _ids(given: dict[str, Argument]) -> dict[str, str]:
    """The fields that need one id, by name, with the kind of thing that it is of."""
    return {
        name: one.type.of.entity.name
        for name, one in given.items()
        if isinstance(one.type.of, IdOf) and one.type.of.entity and not one.type.many and not one.type.nullable
    }


def test_what_a_mutation_acts_on_is_its_id() -> None:
    acting = 0
    for field, payload, given in mutations():
        about, ids = _about(payload), _ids(given)
        if "id" in ids:
            acting += 1
            assert about in {ids["id"], None}, f"{field.name} acts on {ids['id']} and shows {about} first"
        elif not field.name.startswith(MAKES) and field.name not in SAID_OF:
            assert about not in ids.values(), f"{field.name} acts on {about}: call that `id`, not {ids}"
    assert acting > 70


def test_references_are_called_after_what_they_are_to() -> None:
    for field, _, given in mutations():
        for name, one in given.items():
            if isinstance(one.type.of, IdOf) and one.type.of.entity and name != "id":
                assert name.endswith("Ids" if one.type.many else "Id"), f"{field.name}.{name}"


def test_each_mutation_has_an_input_and_a_payload_of_its_own() -> None:
    payloads = Counter(payload.name for _, payload, _ in mutations())
    assert {name for name, count in payloads.items() if count > 1} == set()
    for field, payload, _ in mutations():
        title = field.name[0].upper() + field.name[1:]
        assert payload.name == f"{title}Payload"
        inputs = [one.type.of.name for one in field.arguments.values() if isinstance(one.type.of, InputType)]
        assert inputs in ([f"{title}Input"], [])
