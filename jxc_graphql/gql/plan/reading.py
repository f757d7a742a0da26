"""What people type for an id, a number, a day or a moment: read for where it stands, or what is wrong with it."""

from typing import Any

import msgspec

from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.rows import is_row_id
from jxc_graphql.gql.schema.scalars import Leaf, Unreadable, read_global_id
from jxc_graphql.gql.schema.types import IdOf, ObjectType, Ref
from jxc_graphql.kit.errors import Path, Reason, Rejected, Required, UnknownId, WrongKindOfId


def read(ref: Ref, text: str) -> Any:
    """The value of a text where a type stands: a row's id, or its kind and its id where any will do.

    Raises `Unreadable`; what is blank is missing, where that may not be.
    """
    if not text.strip() and not ref.nullable:
        raise Unreadable(Required())
    if isinstance(ref.of, IdOf):
        return own_id(text, ref.of.entity) if ref.of.entity is not None else any_id(text)
    assert isinstance(ref.of, Leaf)
    return typed(ref.of, text)


def typed(leaf: Leaf, text: Any) -> Any:
    """The value of a text that was typed for a leaf; raises `Unreadable`. Of most leaves it is the text itself."""
    return text if leaf.parse is None else leaf.parse(text)


def any_id(text: str) -> tuple[str, int]:
    """The kind and the row's id in a global id; raises `Unreadable`."""
    try:
        return read_global_id(text)
    except ValueError:
        raise Unreadable(_unknown(text, "Node")) from None


def own_id(text: str, target: ObjectType) -> int:
    """The row's id in a global id of that type; raises `Unreadable`."""
    try:
        name, key = read_global_id(text)
    except ValueError:
        raise Unreadable(_unknown(text, target.name)) from None
    if name not in {one.name for one in target.members}:
        raise Unreadable(WrongKindOfId(kind=target.name))
    return key


def _unknown(text: str, kind: str) -> Reason:
    """What is wrong with an id that no thing has: a row of a report may have it."""
    return WrongKindOfId(kind=kind) if is_row_id(text) else UnknownId(kind=kind)


def at(path: Path, error: Unreadable) -> Reason:
    """What is wrong with the text at a place."""
    return msgspec.structs.replace(error.reason, path=path)


def refused(path: Path, error: Unreadable) -> Rejected:
    """A field whose argument is no value of its kind."""
    return Rejected(at(path, error))


def clean(text: str) -> str:
    """Text that both databases can compare; refuses the null character and halves of characters."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise FieldError("BAD_USER_INPUT")
    return text


def ascii_lower(text: str) -> str:
    """Text with the letters A to Z made small, and no others."""
    return "".join(one.lower() if one.isascii() else one for one in text)
