"""Updates of drafts: what is given is changed; lines that stay are named by their ids, and keep them.

    async def update_loan(
        call: Call,
        *,
        loan_id: int,
        lines: Annotated[Change[Sequence[LineChange[WantedLine]]], EVERY_LINE] = UNSET,
        due_on: Change[date] = UNSET,
        note: Change[str | None] = UNSET,
        expected_version: int | None = None,
    ) -> DocumentUpdated[Loan]:
        loan = await locked(Loan, call, loan_id, DocumentAction.UPDATE, expected_version)
        drawn = await redrawn(was, lines, draw, also=check_note(note))
        return await redrafted(loan, drawn, due_on=due_on, note=note)

`was` has the lines with what was asked for each, and `draw` makes lines of what is asked, as for a new document. What
is so already makes no version, and nobody is told.
"""

import functools
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union, cast, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType
from tortoise.models import Model

from jxc_graphql.gql.words import describe
from jxc_graphql.kit import db
from jxc_graphql.kit.changes import Change, Changed, changed, differences, given
from jxc_graphql.kit.errors import Path, Reason, Required, UnknownId, reject_if
from jxc_graphql.kit.frame import Unchanged
from jxc_graphql.office.documents.changing import moved_on
from jxc_graphql.office.documents.facts import DocumentUpdated
from jxc_graphql.office.documents.models import DocumentHeader, DocumentLine
from jxc_graphql.office.documents.register import table_of
from jxc_graphql.office.documents.states import DocumentAction

A = TypeVar("A", bound=msgspec.Struct)
D = TypeVar("D", bound=DocumentHeader)
L = TypeVar("L", bound=DocumentLine)

Draw = Callable[[Sequence[A]], Awaitable[tuple[Sequence[L], Iterable[Reason]]]]
"""The lines of what is asked, and all that is wrong with that, at the paths of a new document."""

EVERY_LINE = (
    "All lines it is to have, in their order: those that stay by their ids, new ones without; what is not listed is "
    "removed. Left out, all stay as they are."
)


MOST_TOLD = 200
"""So many changes of a document does a fact keep."""


class LineGivenTwice(Reason, frozen=True, kw_only=True):
    """The same line of the document is listed a second time."""

    first: int
    """At which position it stands already, from 1."""


class LineChange(Generic[A]):
    """A line that a draft is to have: `LineChange[AskedLine]` has all of an `AskedLine`, which may be left out."""

    __slots__ = ()

    asked: ClassVar[type[msgspec.Struct]]
    """What is asked for a new line."""
    id: int | None
    """Which line stays."""

    def __class_getitem__(cls, asked: Any) -> Any:
        is_known = isinstance(asked, type) and issubclass(asked, msgspec.Struct)
        return _change_of(asked) if is_known else cast("Any", super()).__class_getitem__(asked)


class Redraft(msgspec.Struct, Generic[L], frozen=True, kw_only=True):
    """The lines that a draft had, and those that it is to have."""

    before: Sequence[L]
    lines: Sequence[L]


async def redrawn(
    was: Sequence[tuple[L, A]],
    changes: Change[Sequence[LineChange[A]]],
    draw: Draw[A, L],
    *,
    also: Iterable[Reason] = (),
    unless: Path | None = None,
    follow: Collection[int] = (),
) -> Redraft[L]:
    """The lines of a draft after a change; `also` is what else is wrong with it.

    What lines say that `follow` others, by their ids, is drawn anew though nothing else is asked of them.

    Lines of which nobody speaks are drawn anew where something else decides what is right for them: what is wrong with
    them is wrong there, at the path `unless`. Raises `Rejected` with all that is wrong.
    """
    before = [line for line, _ in was]
    if changes is UNSET:
        wrong = (await draw([asked for _, asked in was]))[1] if unless else ()
        reject_if([*also, *dict.fromkeys(msgspec.structs.replace(one, path=unless) for one in wrong)])
        return Redraft(before=before, lines=before)
    problems, wanted = [*also], list[tuple[int, L | None, A]]()
    known = {line.id: (line, asked) for line, asked in was}
    kind = type(before[0]).__name__
    for index, one in enumerate(_merged(changes, known, kind)):
        if isinstance(one, list):
            problems += one
        else:
            wanted.append((index, *one))
    lines: Sequence[L] = ()
    if wanted or not changes:
        lines, wrong = await draw([asked for _, _, asked in wanted])
        problems += [_at(one, [index for index, _, _ in wanted]) for one in wrong]
    reject_if(problems)
    for line, (_, old, asked) in zip(lines, wanted, strict=True):
        _keep(line, old, same=old is not None and old.id not in follow and known[old.id][1] == asked)
    return Redraft(before=before, lines=lines)


async def redrafted(document: D, drawn: Redraft[Any], **asked: Any) -> DocumentUpdated[D]:
    """Saves what is given of a draft that is locked, and the lines that are others now, as its next version.

    Raises `Unchanged` where all is so already.
    """
    changes = changed(document, **asked)
    before = {line.id: columns_of(line) for line in drawn.before}
    lines = {line.id: columns_of(line) for line in drawn.lines}
    if not changes and lines == before:
        raise Unchanged(DocumentUpdated.of(document))
    said = {name: value for name, value in changes.items() if name not in _follows(type(document))}
    own = differences(type(document), {name: getattr(document, name) for name in said}, said)
    told = [*own, *told_of_lines(type(drawn.before[0]), before, lines)]
    document.update_from_dict(changes)
    moved_on(document, DocumentAction.UPDATE, *changes)
    table = type(drawn.before[0])
    gone = [line_id for line_id, said in before.items() if lines.get(line_id) != said]
    if gone:
        await table.filter(id__in=gone).delete()
    db.insert_later([table(**said) for line_id, said in lines.items() if before.get(line_id) != said])
    return DocumentUpdated.of(document, changes=tuple(told[:MOST_TOLD]), left_out=len(told[MOST_TOLD:]))


def told_of_lines(
    kind: type[DocumentLine], before: Mapping[int, dict[str, Any]], after: Mapping[int, dict[str, Any]]
) -> Iterator[Changed]:
    """What is told of lines: of those that stay what differs, of new ones and of those that are gone what they say."""
    key = f"{table_of(kind).removesuffix('_line')}_id"
    for line_id in dict.fromkeys((*before, *after)):
        was, is_now = before.get(line_id, {}), after.get(line_id, {})
        there = is_now or was
        unsaid = {"id", "line_no", key, *_follows(kind), *(() if was and is_now else ("sku_id",))}
        one, other = (
            {name: said for name, said in row.items() if said and name not in unsaid} for row in (was, is_now)
        )
        yield from differences(kind, one, other, there["line_no"], there["sku_id"])


def _follows(kind: type[Model]) -> frozenset[str]:
    """The columns that say nothing but what follows from others."""
    follows: frozenset[str] = getattr(kind, "follows", frozenset())
    return follows


@functools.cache
def _change_of(asked: type[msgspec.Struct]) -> Any:
    hints = get_type_hints(asked)
    structs = [
        base for base in reversed(asked.__mro__) if issubclass(base, msgspec.Struct) and base is not msgspec.Struct
    ]
    texts = {name: text for base in structs for name, text in describe.of_attributes(base).items()}
    fields: list[Any] = [("id", Annotated[int | None, "A line that stays; a new line has none."], None)]
    for one in msgspec.structs.fields(asked):
        kinds = (hints[one.name], UnsetType) if one.required else (hints[one.name], type(None), UnsetType)
        fields.append((one.name, Annotated[Union[kinds], texts[one.name]], UNSET))  # noqa: UP007  (of a tuple)
    said = (describe.of_class(asked) or asked.__name__).partition("\n\n")[0]
    return msgspec.defstruct(
        f"{asked.__name__}Change",
        fields,
        bases=(LineChange, msgspec.Struct),
        namespace={"__doc__": f"{said} What is left out of a line that stays is as it was.", "asked": asked},
        module=asked.__module__,
        frozen=True,
        kw_only=True,
    )


def _merged(
    changes: Sequence[LineChange[A]], known: dict[int, tuple[L, A]], kind: str
) -> Iterator[tuple[L | None, A] | list[Reason]]:
    """For each line the one that stays and what is asked of it now, or what is wrong with saying so."""
    first: dict[int, int] = {}
    for index, change in enumerate(changes):
        path: Path = ("lines", index)
        told = given(**{name: getattr(change, name) for name in change.asked.__struct_fields__})
        if change.id is None:
            yield _new(change.asked, told, path)
        elif change.id not in known:
            yield [UnknownId(path=(*path, "id"), kind=kind)]
        elif first.setdefault(change.id, index) != index:
            yield [LineGivenTwice(path=(*path, "id"), first=first[change.id] + 1)]
        else:
            line, asked = known[change.id]
            yield line, msgspec.structs.replace(asked, **_cleared(change.asked, _instead(change.asked, told)))


def _new(asked: type[msgspec.Struct], told: dict[str, Any], path: Path) -> tuple[None, Any] | list[Reason]:
    missing = [one.name for one in msgspec.structs.fields(asked) if one.required and one.name not in told]
    return [Required(path=(*path, name)) for name in missing] or (None, asked(**_cleared(asked, told)))


def _instead(asked: type[msgspec.Struct], told: dict[str, Any]) -> dict[str, Any]:
    """What is told, without what it stands instead of: what a line says in one of two ways (`instead_of`)."""
    ways: Mapping[str, str] = getattr(asked, "instead_of", {})
    return {ways[name]: None for name, value in told.items() if value is not None and name in ways} | told


def _cleared(asked: type[msgspec.Struct], told: dict[str, Any]) -> dict[str, Any]:
    """What is told, with the defaults of what is cleared."""
    defaults = {one.name: one.default for one in msgspec.structs.fields(asked) if not one.required}
    return {name: defaults[name] if value is None else value for name, value in told.items()}


def _at(reason: Reason, indexes: Sequence[int]) -> Reason:
    """A reason at the line of the input that it is about, of which some had to be left out."""
    match reason.path:
        case ("lines", int(index), *rest):
            return msgspec.structs.replace(reason, path=("lines", indexes[index], *rest))
    return reason


def _keep(line: DocumentLine, old: DocumentLine | None, *, same: bool) -> None:
    """Makes a line the one that it was; where nothing else is asked of it than before, it says what it said."""
    if same and old is not None:
        line.update_from_dict(columns_of(old) | {"line_no": line.line_no})
    elif old is not None:
        line.id = old.id


def columns_of(line: DocumentLine) -> dict[str, Any]:
    """What a line says, by its columns."""
    return {name: getattr(line, name) for name in line._meta.fields_db_projection}  # noqa: SLF001  (Tortoise's place)
