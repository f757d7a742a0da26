"""The vocabulary of what can have happened: every fact adds its name."""

import re
from enum import StrEnum

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.labels import label
from jxc_graphql.kit.vocabulary import add


class FactKind(StrEnum):
    """What happened (事件): one value for each kind of fact."""


def note(name: str, text: str | None) -> None:
    """Adds the kind of a fact, as journals call it; the first paragraph of a text describes it."""
    if _capitals(name) not in FactKind.__members__:
        add(FactKind, _capitals(name), (text or name).partition("\n\n")[0].replace("\n    ", " "))


def kind_of(name: str) -> FactKind:
    """The kind of a fact by its name in a journal."""
    return FactKind(_capitals(name))


def text_of(call: Call, name: str) -> str:
    """What happened, by its name in a journal, in the caller's language."""
    return label("Fact", name, call.locale)


def _capitals(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()
