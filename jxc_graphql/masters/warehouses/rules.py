"""What is right for branches, warehouses and bins."""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Path, Reason
from jxc_graphql.kit.text import CodeTaken, check_text
from jxc_graphql.masters.warehouses.places import BinKind
from jxc_graphql.office.documents.rules import TooManyLines

CODE_LIMIT = 40
NAME_LIMIT = 100
ADDRESS_LIMIT = 400
MAX_BINS = 500
"""Bins that may be created at once."""


class WarehouseInactive(Reason, frozen=True, kw_only=True):
    """A warehouse that is closed takes no new documents."""

    warehouse: str


class BranchInactive(Reason, frozen=True, kw_only=True):
    """A branch that is closed has no active warehouses."""

    branch: str


class BranchHasWarehouses(Reason, frozen=True, kw_only=True):
    """So many warehouses of a branch are active, so it cannot be closed."""

    warehouses: int


class PlaceIsNoBin(Reason, frozen=True, kw_only=True):
    """Only bins can be changed; this place is built in or virtual."""

    place: str


class CodeGivenTwice(Reason, frozen=True, kw_only=True):
    """The same code stands twice in one list; `first` counts from 0."""

    first: int


class WantedBin(msgspec.Struct, frozen=True, kw_only=True):
    """A bin to create; without a name it is called by its code."""

    code: str
    name: str | None = None
    kind: BinKind = BinKind.STOCK


def check_branch(code: Change[str], name: Change[str]) -> Iterator[Reason]:
    """What is wrong with how a branch is called."""
    yield from _check_named(code, name)


def check_closing(active_warehouses: int) -> Iterator[Reason]:
    """Whether a branch with so many active warehouses can be closed."""
    if active_warehouses:
        yield BranchHasWarehouses(path=("is_active",), warehouses=active_warehouses)


def check_warehouse(code: Change[str], name: Change[str], address: Change[str | None]) -> Iterator[Reason]:
    """What is wrong with how a warehouse is called."""
    yield from _check_named(code, name)
    yield from check_text(("address",), address, limit=ADDRESS_LIMIT)


def check_bin(code: Change[str], name: Change[str]) -> Iterator[Reason]:
    """What is wrong with how a bin is called."""
    yield from _check_named(code, name)


def check_bins(bins: Sequence[WantedBin], taken: Collection[str]) -> Iterator[Reason]:
    """Everything that is wrong with a list of new bins; `taken` are the codes that the warehouse has already."""
    if len(bins) > MAX_BINS:
        yield TooManyLines(path=("bins",), lines=len(bins), limit=MAX_BINS)
        return
    seen: dict[str, int] = {}
    for index, one in enumerate(bins):
        path, code = ("bins", index), one.code.strip()
        yield from _check_named(one.code, one.name, path)
        first = seen.setdefault(code, index)
        if code and first != index:
            yield CodeGivenTwice(path=(*path, "code"), first=first)
        if code in taken:
            yield CodeTaken(path=(*path, "code"), taken=code)


def _check_named(code: Change[str], name: Change[str | None], path: Path = ()) -> Iterator[Reason]:
    yield from check_text((*path, "code"), code, limit=CODE_LIMIT, required=True)
    yield from check_text((*path, "name"), name, limit=NAME_LIMIT, required=True)
