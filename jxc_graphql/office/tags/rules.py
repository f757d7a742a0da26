"""What may be wrong with tags."""

import re
from collections.abc import Iterator

from msgspec import UNSET

from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.text import check_text

NAME_LIMIT = 40
MOST_TAGS = 20
"""So many tags a document has."""
GREY = "#6b7280"
_COLOR = re.compile(r"#[0-9a-f]{6}")


class InvalidColor(Reason, frozen=True, kw_only=True):
    """A text that is no colour, such as `#d97706`."""


class TooManyTags(Reason, frozen=True, kw_only=True):
    """A document would have more tags than it may."""

    limit: int


def check_tag(name: Change[str], color: Change[str]) -> Iterator[Reason]:
    """What is wrong with a tag's name and colour."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    if color is not UNSET and not _COLOR.fullmatch(color.lower()):
        yield InvalidColor(path=("color",))
