"""Vocabularies: enums to which features add words of their own, so that no list has to know them all.

    class Permission(StrEnum): …                    what several features ask for
    REVALUE_STOCK = add(Permission, "REVALUE_STOCK", "Change what goods cost.")       what one does, where it does

Words that were added follow those of the class, in the order of the alphabet, whoever came first.
"""

from bisect import insort
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)


def add(vocabulary: type[E], name: str, text: str) -> E:
    """A new member of an enum; `text` describes it, as the string under a member does."""
    if name in vocabulary.__members__:
        raise TypeError(f"{vocabulary.__name__} has {name} already")
    texts = vars(vocabulary).get("__descriptions__", {}) | {name: text}
    vocabulary.__descriptions__ = texts  # type: ignore[attr-defined]
    word = str.__new__(vocabulary, name)
    word._name_ = word._value_ = name
    word._sort_order_ = len(vocabulary)  # type: ignore[attr-defined]
    # What `EnumType` keeps of its members; `Flag` adds to it in the same way.
    vocabulary._member_map_[name] = vocabulary._value2member_map_[name] = word
    insort(vocabulary._member_names_, name, lo=len(vocabulary) - len(texts) + 1)
    return word
