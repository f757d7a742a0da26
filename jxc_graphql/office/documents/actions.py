"""Mutations made of the operations that they run: what those take is the input, and what their facts tell is shown.

    move_places = document_action(operations.move_places, PlaceMove, StockLevel, lines="PlaceMoveLineInput")
    create_loan = document_action(operations.create_loan, Loan)
    approve_loan = document_action(operations.approve_loan, Loan, StockLevel)
    receive_goods = document_action(operations.receive_goods, GoodsReceipt, PurchaseOrder, StockLevel)

The first paragraph of the operation's docstring describes the mutation. Its arguments are the fields of the input: that
with the id of the document which is shown first is called `id`, and each struct among them is an input of its own; the
lines of a draft are called after those that the document has.
Where the operation puts something into the books there is a business date, and a retry key wherever it is to be done
once: where it does that, and where it makes a document. Whatever is done to a document can be tried first (`dry_run`).
A field is described by `Annotated` in the operation's signature, by the words that all documents have in common, or as
the document describes what it has by that name.

The payload shows what is named, one of it or a list as the fact has `<name>_id` or `<name>_ids`.

    Query = lists(PlaceMove, PlaceMoveLine)
"""

import inspect
import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from datetime import date
from typing import Any, get_args, get_type_hints

import msgspec

from jxc_graphql.gql.declare import (
    Connection,
    DeclarationError,
    Id,
    Member,
    Parameter,
    camel,
    connection,
    declaration,
    given_to,
    make_input,
    make_payload,
    make_roots,
    mutation,
    parameters,
    texts_of,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.office.documents.models import Document as RegisteredDocument
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.posting import action_of
from jxc_graphql.office.documents.said import FIELDS
from jxc_graphql.office.documents.states import Action, DocumentAction, Note

DRY = Member(
    "dry_run",
    bool,
    "Whether it is only tried (试算): all is checked and the payload shows what would be, yet nothing is kept. A new "
    "number has a question mark then, new ids are of nothing, and `query` shows what is.",
    marker=False,
)
Operation = Callable[..., Coroutine[Any, Any, Any]]
Mutation = Callable[[Call, Any], Coroutine[Any, Any, Any]]

_VERSION = "The version you have seen; when it has changed since, nothing is done."
_DAY = Member(
    "business_date",
    date | None,
    "The day it counts for (业务日期), by default the one it is for or today; a past day needs a permission and an "
    "open period.",
    None,
)
_KEY = Member("idempotency_key", str | None, "A key of your own: sent again with it, it is done once (幂等键).", None)


def document_action(
    operation: Operation, document: type, *also: type | Member, tried: bool = False, **told: str | type
) -> Mutation:
    """The mutation of an operation, showing a document and what `also` changed.

    `tried`: whether it can be tried first though it is not about a document of one kind. `told`: by argument, the name
    of the input of a struct, or whose id it is where its name does not say that.
    """
    name, key = operation.__name__, f"{_snake(document)}_id"
    told = _of_draft(operation, document) | told
    title = "".join(word.capitalize() for word in name.split("_"))
    fields = [*_fields(operation, document, told), *([DRY] if tried or _model(document) is not None else [])]
    given = make_input(f"{title}Input", _described(operation, key, document), fields)
    shown = make_payload(
        f"{title}Payload", f"The {words_of(document)}, and what changed with it.", _shown(operation, document, also)
    )
    names = [one.name for one in parameters(operation) if one.name != key or key in told]

    async def act(call: Call, input: Any) -> Any:  # noqa: A002  (the one argument of a mutation is called so)
        which = {key: input.id} if hasattr(input, "id") else {}
        call = msgspec.structs.replace(call, fields_of=key) if call.fields else call
        return await operation(call, **which, **given_to(operation, names, input))

    act.__name__, act.__qualname__ = name, name
    act.__module__ = sys._getframe(1).f_globals["__name__"]  # noqa: SLF001  (where it is declared, as enums find it)
    act.__doc__ = (inspect.getdoc(operation) or "").partition("\n\n")[0]
    act.__annotations__ = {"call": Call, "input": given, "return": get_type_hints(operation)["return"]}
    return mutation(shown)(act)


def lists(*entities: type) -> type:
    """What is asked for at the root of queries: all of these that the viewer sees, newest first."""
    return make_roots(_list_of(one) for one in entities)


def _list_of(entity: type) -> Member:
    """Called after its table, and in Chinese as the type is."""
    told, chinese = declaration(entity), re.search(r"\(.+?\)", entity.__doc__ or "")
    assert told
    assert told.model
    assert chinese, f"{entity.__name__} has no Chinese name in its docstring"
    table = told.model._meta.db_table  # noqa: SLF001  (Tortoise's documented place for it)
    name = f"{table[:-1]}ies" if table.endswith("y") else f"{table}s"
    text = f"{name.replace('_', ' ').capitalize()} {chinese[0]}, newest first."
    return Member(name, Connection[entity], text, connection(order_by="-id"))  # type: ignore[valid-type]


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """What is no more."""

    deleted_id: int


def delete_action(operation: Operation, entity: type) -> Mutation:
    """The mutation that deletes what nothing refers to; its operation takes an id that is called after the entity.

    And the version that whoever deletes it has seen.
    """
    name = operation.__name__
    title = "".join(word.capitalize() for word in name.split("_"))
    key, version = (one.name for one in parameters(operation))
    which = [
        Member("id", Id[entity], "What nothing refers to."),  # type: ignore[valid-type]
        Member(version, int | None, _VERSION, None),
    ]
    gone = [Member("deleted_id", Id[entity] | None, "The id that it had, for caches to forget.")]  # type: ignore[valid-type]
    given = make_input(f"{title}Input", "What to delete.", which)
    shown = make_payload(f"{title}Payload", "What is no more.", gone)

    async def act(call: Call, input: Any) -> Deleted:  # noqa: A002  (the one argument of a mutation is called so)
        await operation(call, **{key: input.id, version: input.expected_version})
        return Deleted(deleted_id=input.id)

    act.__name__, act.__qualname__ = name, name
    act.__module__ = sys._getframe(1).f_globals["__name__"]  # noqa: SLF001  (where it is declared)
    act.__doc__ = (inspect.getdoc(operation) or "").partition("\n\n")[0]
    act.__annotations__ = {"call": Call, "input": given, "return": Deleted}
    return mutation(shown)(act)


def _described(operation: Operation, key: str, document: type) -> str:
    if key in inspect.signature(operation).parameters:
        return f"Which {words_of(document)}, and what goes with it."
    return f"What `{camel(operation.__name__)}` takes."


def _of_draft(operation: Operation, document: type) -> dict[str, str | type]:
    """What is told of the lines that an operation drafts, or changes in a draft."""
    model, asked = _model(document), inspect.signature(operation).parameters
    drafts = model and model.states.actions.get(DocumentAction.UPDATE)
    if not drafts or action_of(operation) is not drafts or "lines" not in asked:
        return {}
    (line,) = get_args(get_type_hints(document)["lines"])
    if f"{_snake(document)}_id" in asked:
        return {"lines": f"{line.__name__}ChangeInput", "id": line}
    return {"lines": f"{line.__name__}Input"}


def _fields(operation: Operation, document: type, told: dict[str, str | type]) -> Iterator[Member]:
    """The fields of the input, in the order in which clients know them."""
    action, place = action_of(operation), operation.__name__
    asked = {one.name: one for one in parameters(operation)}
    key = f"{_snake(document)}_id"
    if key in asked and key not in told:
        del asked[key]
        yield Member("id", Id[document], f"The {words_of(document)}.")  # type: ignore[valid-type]
    if "note" not in asked and action is not None and action.note is not Note.NONE:
        raise DeclarationError(place, "its action has a note and it takes none", "Let it take `note`")
    version = [Member("expected_version", int | None, _VERSION, None)] if asked.pop("expected_version", None) else []
    fields = [_field(one, action, document, place, told) for one in asked.values()]
    remark = [one for one in fields if one.name == "note" and asked["note"].may_be_left_out]
    first = [one for one in fields if one not in remark]
    day = [_DAY] if _is_dated(action, document) and _DAY.name not in asked else []
    yield from (*first, *day, *remark, *version) if first else (*remark, *version, *day)
    if _is_said(operation, document, action, key):
        yield FIELDS
    if _is_dated(action, document) or not version:
        yield _KEY


def _is_said(operation: Operation, document: type, action: Action | None, key: str) -> bool:
    """Whether it makes a document, or changes what one says: own fields are filled in with it."""
    model = _model(document)
    if model is None:
        return False
    makes = key not in inspect.signature(operation).parameters
    return makes or (action is not None and action is model.states.actions.get(DocumentAction.UPDATE))


def _field(one: Parameter, action: Action | None, document: type, place: str, told: dict[str, str | type]) -> Member:
    """A field for an argument, described by its operation, or as the document describes what it has by that name."""
    has = texts_of(document) | ({"note": _remark(action, one)} if one.name == "note" else {})
    text = one.description or has.get(one.name) or has.get(one.name.removesuffix("_id"))
    return one._replace(description=text).member(place, told)


def _remark(action: Action | None, note: Parameter) -> str:
    """What a note is: why something is done, or what else is to be known of the document."""
    how = "at most 500 characters" if note.may_be_left_out else "1 to 500 characters"
    if action is not None and action.note is not Note.NONE:
        return f"Why (原因), {how}; it stands in the timeline."
    return f"Remark (备注), {how}." if note.may_be_left_out else f"Why (原因), {how}."


def _is_dated(action: Action | None, document: type) -> bool:
    """Whether an operation puts something into the books: by its action, or as its document is posted at once."""
    if action is not None:
        return action.posts
    model = _model(document)
    return model is not None and not model.states.has_drafts


def _model(document: type) -> type[DocumentHeader] | None:
    found = declaration(document)
    model = found.model if found else None
    if model is None or model is RegisteredDocument or not issubclass(model, DocumentHeader):
        return None
    return model


def _shown(operation: Operation, document: type, also: tuple[type | Member, ...]) -> Iterator[Member]:
    """The fields of the payload: one of a kind, or a list, as a fact of the operation tells it."""
    returned = get_type_hints(operation)["return"]
    facts = get_args(returned) or (returned,)
    for one in (document, *also):
        if isinstance(one, Member):
            yield one
        elif any(f"{_snake(one)}_ids" in fact.__struct_fields__ for fact in facts):
            yield Member(f"{_snake(one)}s", list[one], f"The {words_of(one)}s that it changed.")  # type: ignore[valid-type]
        else:
            yield Member(_snake(one), one | None, f"The {words_of(one)}.")


def _snake(entity: type) -> str:
    return words_of(entity).replace(" ", "_")


def words_of(entity: type) -> str:
    """`PurchaseOrder` in words: `purchase order`."""
    name = entity.__name__
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
