"""Saying which own fields there are, and filling them in."""

import json
from collections.abc import Sequence

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, given, save, to_change
from jxc_graphql.kit.errors import NotFound, Reason, UnknownId, reject_if
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.text import CodeTaken, unique
from jxc_graphql.masters.own_fields import facts, filling, queries, rules
from jxc_graphql.masters.own_fields.models import (
    MANAGE_OWN_FIELDS,
    MASTERS,
    OWNERS,
    SET_OWN_FIELDS,
    OwnField,
    OwnFieldKind,
    OwnFieldType,
    OwnFieldValue,
)
from jxc_graphql.masters.own_fields.rules import WantedField, WantedValue
from jxc_graphql.office.documents import needs, references, said, timeline
from jxc_graphql.office.documents.posting import posting

LOCK = "own fields"
"""What is held by whoever makes one, so that those of a kind are counted."""
references.goes_with(OwnFieldValue, OWNERS)
needs.needed(needs.Need(queries.missing, lambda path, codes: rules.OwnFieldsMissing(path=path, codes=codes)))


@posting(MANAGE_OWN_FIELDS)
async def create_own_field(
    call: Call,
    *,
    kind: OwnFieldKind,
    code: str,
    value_type: OwnFieldType,
    wanted: WantedField,
    is_required: bool = False,
) -> facts.OwnFieldCreated:
    """Makes an own field for things of a kind.

    Raises `Rejected` where it is not right, its code is taken, or things of the kind have too many.
    """
    reject_if([*rules.check_code(code), *rules.check_field(wanted, value_type, new=True)])
    await db.hold(LOCK)
    reject_if(await _in_the_way(kind, code, value_type))
    field = OwnField(
        kind=kind, code=code, value_type=value_type, is_required=is_required, updated_at=call.at, **_columns(wanted)
    )
    async with unique(OwnField, CodeTaken(path=("code",), taken=code), own_id=None, kind=kind, code=code):
        await field.save(force_create=True)
    return facts.OwnFieldCreated(own_field_id=field.id)


async def _in_the_way(kind: OwnFieldKind, code: str, value_type: OwnFieldType) -> list[Reason]:
    wrong: list[Reason] = []
    if await OwnField.filter(kind=kind).count() >= rules.MOST_FIELDS:
        wrong.append(rules.TooManyOwnFields(path=("kind",), limit=rules.MOST_FIELDS))
    same = await OwnField.filter(code=code).first()
    if same is not None and same.value_type is not value_type:
        wrong.append(rules.OtherTypeElsewhere(path=("value_type",), field_code=code, value_type=same.value_type))
    return wrong


def _columns(wanted: WantedField) -> dict[str, object]:
    """What is given of a field, as its row has it."""
    found = given(**msgspec.structs.asdict(wanted))
    if "name" in found:
        found["name"] = found["name"].strip()
    if "choices" in found:
        found["choices"] = json.dumps(list(dict.fromkeys(map(str.strip, found["choices"]))), ensure_ascii=False)
    return found


@posting(MANAGE_OWN_FIELDS)
async def update_own_field(
    call: Call,
    *,
    own_field_id: int,
    wanted: WantedField,
    is_required: Change[bool] = UNSET,
    is_active: Change[bool] = UNSET,
    expected_version: int | None = None,
) -> facts.OwnFieldUpdated:
    """Changes an own field; what was filled in stays, also where it is no choice any more.

    Raises `NotFound`, `Rejected` and `Conflict`.
    """
    field = await OwnField.select_for_update().get_or_none(id=own_field_id)
    if field is None:
        raise NotFound(UnknownId(path=("own_field_id",), kind="OwnField"))
    reject_if(rules.check_field(wanted, field.value_type, new=False))
    fact = facts.OwnFieldUpdated(own_field_id=own_field_id)
    asked = {**_columns(wanted), "is_required": is_required, "is_active": is_active}
    await save(field, call, to_change(field, fact, expected_version, **asked))
    return fact


@posting(MANAGE_OWN_FIELDS)
async def delete_own_field(
    call: Call, *, own_field_id: int, expected_version: int | None = None
) -> facts.OwnFieldDeleted:
    """Deletes an own field in which nothing is filled in (删除自定义字段); deactivate one that is in use."""
    path = ("own_field_id",)
    gone = await references.delete(call, OwnField, own_field_id, path, expected_version=expected_version)
    return facts.OwnFieldDeleted(own_field_id=own_field_id, code=gone.code)


@posting(SET_OWN_FIELDS)
async def set_own_fields(
    call: Call, *, owner: tuple[str, int], fields: Sequence[WantedValue], expected_version: int | None = None
) -> facts.OwnFieldsSet:
    """Fills in own fields of a thing, or clears them; those that are not named stay as they are.

    Raises `NotFound` where the caller does not see it, `Forbidden` where he may not change such things, `Conflict` at
    another version, and `Rejected` with everything that is wrong at its place.
    """
    return await filling.fill_in(call, await filling.owner(call, *owner), fields, expected_version)


@posting(SET_OWN_FIELDS)
async def fill_in_along(
    call: Call, *, owner: tuple[str, int], fields: Sequence[rules.SaidValue], is_next: bool
) -> facts.OwnFieldsSet:
    """Fills in what a call brings along for what an operation has just made or changed."""
    thing = await filling.owner(call, *owner)
    return await filling.fill_in(call, thing, fields, is_next=is_next)


async def _fill_in(call: Call, about: Fact, is_next: bool) -> None:
    table = about.makes.removesuffix("s").removesuffix("_id")
    if table in MASTERS:
        made = getattr(about, about.makes)
        keys = made if isinstance(made, tuple) else (made,)
        if keys:
            await filling.fill_in_new(call, table, keys, call.fields)
        return
    key = call.fields_of or about.subject
    table = key.removesuffix("_id")
    owner = table.capitalize() if table in MASTERS else "Document", int(getattr(about, key))
    bare = msgspec.structs.replace(call, idempotency_key=None, fields=())
    await fill_in_along(bare, owner=owner, fields=call.fields, is_next=is_next)


async def _again(call: Call, document_id: int) -> list[WantedValue]:
    return await queries.to_fill_in_again(call, document_id) if SET_OWN_FIELDS in call.permissions else []


said.filled_in_by(_fill_in, _again)
timeline.also_shown(facts.OwnFieldsSet, queries.shown_changes)
