"""What is right for attributes and combinations, and which combinations are missing."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from math import prod
from typing import TypeVar

import msgspec

from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.text import CodeTaken, check_text
from jxc_graphql.masters.catalog.assortment import CODE_LIMIT, NAME_LIMIT, Attribute, Combination, NewSku, Value
from jxc_graphql.masters.variants.choices import AskedAttribute, AskedValue, OptionChoice

ATTRIBUTES_LIMIT = 3
VALUES_LIMIT = 50
ATTRIBUTE_NAME_LIMIT = 40
COMBINATIONS_LIMIT = 200
"""How many SKUs are made at once."""

Asked = TypeVar("Asked", AskedAttribute, AskedValue)


class TooManyAttributes(Reason, frozen=True, kw_only=True):
    """A product has at most `limit` attributes."""

    limit: int


class TooManyValues(Reason, frozen=True, kw_only=True):
    """An attribute has at most `limit` values."""

    limit: int


class ValuesMissing(Reason, frozen=True, kw_only=True):
    """An attribute has at least one value."""


class DuplicateAttribute(Reason, frozen=True, kw_only=True):
    """An attribute is named twice."""

    attribute: str


class DuplicateValue(Reason, frozen=True, kw_only=True):
    """A value of an attribute is named twice."""

    value: str


class AttributesInUse(Reason, frozen=True, kw_only=True):
    """SKUs of the product have options: attributes cannot be added or taken away."""


class ValueInUse(Reason, frozen=True, kw_only=True):
    """A SKU has this value: it cannot be taken away."""

    value: str


class AttributesMissing(Reason, frozen=True, kw_only=True):
    """The product has no attributes that could be combined."""


class UnknownAttribute(Reason, frozen=True, kw_only=True):
    """The product has no such attribute."""

    attribute: str


class UnknownValue(Reason, frozen=True, kw_only=True):
    """The attribute has no such value."""

    attribute: str
    value: str


class ChoiceMissing(Reason, frozen=True, kw_only=True):
    """A combination says nothing of this attribute."""

    attribute: str


class DuplicateCombination(Reason, frozen=True, kw_only=True):
    """A combination is named twice, first at position `first`."""

    first: int


class CombinationTaken(Reason, frozen=True, kw_only=True):
    """Another SKU of the product stands for this combination."""

    sku: str


class TooManyCombinations(Reason, frozen=True, kw_only=True):
    """More SKUs would have to be made than can be at once."""

    combinations: int
    limit: int


class GeneratedTooLong(Reason, frozen=True, kw_only=True):
    """A code or a name made of the product's and the values is longer than `limit` characters."""

    text: str
    limit: int


def matched(asked: Sequence[AskedAttribute], present: Sequence[Attribute]) -> list[AskedAttribute]:
    """The same with the ids of what is there under the same name, and without blanks around names."""
    values = {one.id: one.values for one in present}
    return [
        msgspec.structs.replace(one, values=tuple(_matched(one.values, values.get(one.id or 0, ()))))
        for one in _matched(asked, present)
    ]


def _matched(asked: Sequence[Asked], present: Sequence[Attribute] | Sequence[Value]) -> list[Asked]:
    named = {one.id for one in asked}
    ids = {one.name: one.id for one in present if one.id not in named}
    return [
        msgspec.structs.replace(one, name=name, id=ids.get(name) if one.id is None else one.id)
        for one in asked
        for name in [one.name.strip()]
    ]


def check_attributes(
    asked: Sequence[AskedAttribute], present: Sequence[Attribute], used: Collection[int]
) -> Iterator[Reason]:
    """What is wrong with the attributes that a product is to have; `used` are the values that SKUs have."""
    if len(asked) > ATTRIBUTES_LIMIT:
        yield TooManyAttributes(path=("attributes",), limit=ATTRIBUTES_LIMIT)
        return
    known = {one.id: one for one in present}
    names: set[str] = set()
    for index, one in enumerate(asked):
        path = ("attributes", index)
        yield from check_text((*path, "name"), one.name, limit=ATTRIBUTE_NAME_LIMIT, required=True)
        if one.name in names:
            yield DuplicateAttribute(path=(*path, "name"), attribute=one.name[:ATTRIBUTE_NAME_LIMIT])
        names.add(one.name)
        if one.id is not None and one.id not in known:
            yield UnknownId(path=(*path, "id"), kind="ProductAttribute")
        if one.id is None and used:
            yield AttributesInUse(path=path)
        yield from _check_values(one.values, known[one.id].values if one.id in known else (), used, path)
    if used and {*known} - {one.id for one in asked}:
        yield AttributesInUse(path=("attributes",))


def _check_values(
    asked: Sequence[AskedValue], present: Sequence[Value], used: Collection[int], path: Path
) -> Iterator[Reason]:
    if not asked:
        yield ValuesMissing(path=(*path, "values"))
    if len(asked) > VALUES_LIMIT:
        yield TooManyValues(path=(*path, "values"), limit=VALUES_LIMIT)
        return
    known = {value.id for value in present}
    names: set[str] = set()
    for index, value in enumerate(asked):
        place = (*path, "values", index)
        yield from check_text((*place, "name"), value.name, limit=ATTRIBUTE_NAME_LIMIT, required=True)
        if value.name in names:
            yield DuplicateValue(path=(*place, "name"), value=value.name[:ATTRIBUTE_NAME_LIMIT])
        names.add(value.name)
        if value.id is not None and value.id not in known:
            yield UnknownId(path=(*place, "id"), kind="AttributeValue")
    kept = {value.id for value in asked}
    yield from (
        ValueInUse(path=(*path, "values"), value=value.name)
        for value in present
        if value.id in used and value.id not in kept
    )


def check_choices(choices: Sequence[OptionChoice], attributes: Sequence[Attribute], path: Path) -> Iterator[Reason]:
    """What is wrong with choices that are to name one value of each attribute, given at `path`."""
    known = {one.name: {value.name for value in one.values} for one in attributes}
    if not known:
        yield AttributesMissing(path=path)
        return
    chosen: set[str] = set()
    for index, choice in enumerate(choices[: ATTRIBUTES_LIMIT + 1]):
        named, place = choice.attribute[:ATTRIBUTE_NAME_LIMIT], (*path, index)
        if choice.attribute not in known:
            yield UnknownAttribute(path=(*place, "attribute"), attribute=named)
        elif choice.attribute in chosen:
            yield DuplicateAttribute(path=(*place, "attribute"), attribute=named)
        elif choice.value not in known[choice.attribute]:
            value = choice.value[:ATTRIBUTE_NAME_LIMIT]
            yield UnknownValue(path=(*place, "value"), attribute=named, value=value)
        chosen.add(choice.attribute)
    yield from (ChoiceMissing(path=path, attribute=name) for name in known if name not in chosen)


def combination(choices: Sequence[OptionChoice], attributes: Sequence[Attribute]) -> Combination:
    """What choices without problems come to."""
    chosen = {choice.attribute: choice.value for choice in choices}
    return tuple(value for one in attributes for value in one.values if chosen[one.name] == value.name)


def check_wanted(
    combinations: Sequence[Sequence[OptionChoice]] | None,
    attributes: Sequence[Attribute],
    taken: Collection[frozenset[int]],
) -> Iterator[Reason]:
    """Why SKUs cannot be made for these combinations, or for all; `taken` are those that have one."""
    if not attributes:
        yield AttributesMissing(path=("product_id",))
        return
    every = prod(len(one.values) for one in attributes) - len(taken)
    count = every if combinations is None else len(combinations)
    if count > COMBINATIONS_LIMIT:
        yield TooManyCombinations(path=("combinations",), combinations=count, limit=COMBINATIONS_LIMIT)
        return
    seen: dict[frozenset[OptionChoice], int] = {}
    for index, choices in enumerate(combinations or ()):
        yield from check_choices(choices, attributes, ("combinations", index, "options"))
        first = seen.setdefault(frozenset(choices), index)
        if first != index:
            yield DuplicateCombination(path=("combinations", index), first=first)


def wanted(
    combinations: Sequence[Sequence[OptionChoice]] | None,
    attributes: Sequence[Attribute],
    taken: Collection[frozenset[int]],
) -> list[tuple[Path, Combination]]:
    """The combinations that SKUs are to be made for, in order, and where each was asked for."""
    found: Iterable[tuple[Path, Combination]] = (
        ((("product_id",), each) for each in product(*(one.values for one in attributes)))
        if combinations is None
        else ((("combinations", index), combination(choices, attributes)) for index, choices in enumerate(combinations))
    )
    return [(path, each) for path, each in found if frozenset(value.id for value in each) not in taken]


def check_free(sku_id: int, holder: tuple[int, str] | None) -> Iterator[Reason]:
    """Whether a SKU may stand for the combination that `holder`, a SKU's id and code, stands for now."""
    if holder is not None and holder[0] != sku_id:
        yield CombinationTaken(path=("options",), sku=holder[1])


def named(code: str, name: str, combination: Combination) -> NewSku:
    """The SKU of a combination: T-SHIRT-红-XL of T-SHIRT."""
    values = [value.name for value in combination]
    return NewSku(code="-".join([code, *values]), name=" ".join([name, *values]), combination=combination)


def check_generated(skus: Sequence[tuple[Path, NewSku]]) -> Iterator[Reason]:
    """Whether what the SKUs would be called fits, each told at its path."""
    seen: set[str] = set()
    for path, sku in skus:
        for text, limit in ((sku.code, CODE_LIMIT), (sku.name, NAME_LIMIT)):
            if len(text) > limit:
                yield GeneratedTooLong(path=path, text=text, limit=limit)
        if sku.code in seen:
            yield CodeTaken(path=path, taken=sku.code)
        seen.add(sku.code)
