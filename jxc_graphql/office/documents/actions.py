"""Mutations that do one thing with a document and have no more to say: made of the operation itself.

    submit_purchase_order = document_action(operations.submit_purchase_order, PurchaseOrder)
    approve_purchase_order = document_action(operations.approve_purchase_order, PurchaseOrder, StockLevel)
    post_stocktake = document_action(operations.post_stocktake, Stocktake, StockLevel, SHORT_DOCUMENTS)

Such an operation is declared with the action that it is (`@posting(STATES[…])`). It takes its document's id, a note
where the action has one, and the version that the caller has seen; so does the input, with a business date and a retry
key where the action may post. The first paragraph of the operation's docstring describes the mutation. The payload
shows the document and whatever else is named, which the schema compares with what the operation's fact tells.
"""

import inspect
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any, get_type_hints

from jxc_graphql.gql.declare import DeclarationError, Id, Member, make_input, make_payload, mutation
from jxc_graphql.kit.call import Call
from jxc_graphql.office.documents.posting import action_of
from jxc_graphql.office.documents.states import Note

Mutation = Callable[[Call, Any], Coroutine[Any, Any, Any]]

_VERSION = Member(
    "expected_version",
    int | None,
    "The version you have seen; when it has changed since, nothing is done.",
    None,
)
_POSTED = (
    Member(
        "business_date",
        date | None,
        "The day it counts for (业务日期), by default the one it is for or today; a past day needs a permission and an "
        "open period.",
        None,
    ),
    Member("idempotency_key", str | None, "A key of your own: sent again with it, it is posted once (幂等键).", None),
)
_NOTES = {
    Note.NONE: (),
    Note.OPTIONAL: (Member("note", str, "Why (原因), at most 500 characters; it stands in the timeline.", ""),),
    Note.REQUIRED: (Member("note", str, "Why (原因), 1 to 500 characters; it stands in the timeline."),),
}


def document_action(
    operation: Callable[..., Coroutine[Any, Any, Any]], document: type, *also: type | Member
) -> Mutation:
    """The mutation of an operation on one document, shown with lists of what `also` changed; stands beside its type."""
    name, noun, action = operation.__name__, _snake(document), action_of(operation)
    key = Member("id", Id[document], f"The {_words(document)}.")  # type: ignore[valid-type]
    told = (*_NOTES[action.note], _VERSION)
    _check(operation, {f"{noun}_id", *(member.name for member in told)})
    title = "".join(word.capitalize() for word in name.split("_"))
    posted = _POSTED if action.posts else ()
    given = make_input(f"{title}Input", f"Which {_words(document)}, and what goes with it.", [key, *told, *posted])
    changed = [Member(noun, document | None, f"The {_words(document)}.")]
    changed += [one if isinstance(one, Member) else _list_of(one) for one in also]
    shown = make_payload(f"{title}Payload", f"The {_words(document)}, and what changed with it.", changed)

    async def act(call: Call, input: Any) -> Any:  # noqa: A002  (the one argument of a mutation is called so)
        said = {member.name: getattr(input, member.name) for member in told}
        return await operation(call, **{f"{noun}_id": input.id}, **said)

    act.__name__, act.__qualname__, act.__module__ = name, name, document.__module__
    act.__doc__ = (inspect.getdoc(operation) or "").partition("\n\n")[0]
    act.__annotations__ = {"call": Call, "input": given, "return": get_type_hints(operation)["return"]}
    return mutation(shown)(act)


def _check(operation: Callable[..., Any], told: set[str]) -> None:
    """Whether an operation takes what its action says, and no more."""
    _call, *asked = inspect.signature(operation).parameters
    if set(asked) != told:
        wrong = f"it takes {', '.join(asked)}, and its action says {', '.join(sorted(told))}"
        raise DeclarationError(operation.__name__, wrong, "Write the mutation out, or correct the action")


def _list_of(entity: type) -> Member:
    return Member(f"{_snake(entity)}s", list[entity], f"The {_words(entity)}s that it changed.")  # type: ignore[valid-type]


def _snake(entity: type) -> str:
    return _words(entity).replace(" ", "_")


def _words(entity: type) -> str:
    """`PurchaseOrder` in words: `purchase order`."""
    name = entity.__name__
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
