"""Attributes, values and choices, as they are given to the operations."""

import msgspec


class AskedValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value of an attribute; without `id` the one with this name, or a new one."""

    name: str
    id: int | None = None


class AskedAttribute(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute with all its values in order; without `id` the one with this name, or a new one."""

    name: str
    values: tuple[AskedValue, ...]
    id: int | None = None


class OptionChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A value of an attribute, both by name."""

    attribute: str
    value: str
