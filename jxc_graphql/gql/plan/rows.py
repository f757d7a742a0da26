"""Ids of rows that are no things: what a report or a field reckons has none, but caches of clients go by ids.

An id says what was asked, and which row of the answer it is, by the attributes that `row_of` names; so it is the same
whenever the same is asked, and another one for each question and each row. What is asked of a row of a table is told
by the row's key, what a function of Query is asked by its arguments, without those that choose a page.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Protocol

from jxc_graphql.gql.schema.types import ObjectType


class Write(Protocol):
    """From a Python value to the response; the ids of rows in it are of what was asked."""

    def __call__(self, value: Any, asked: str = "", /) -> Any:
        """The value as it is shown."""


BYTES = 15
"""Of a digest: so many that no two rows ever have the same."""
_ROW_ID = re.compile(rf"[A-Z][A-Za-z0-9]*\.[A-Za-z0-9_-]{{{BYTES * 4 // 3}}}", re.ASCII)
PAGE = {"first", "after", "last", "before"}
"""The arguments that say which rows of an answer are shown, and not what is asked."""


def question(name: str, given: Mapping[str, Any]) -> str:
    """What a root field is asked."""
    told = _told({one: value for one, value in given.items() if one not in PAGE})
    return f"{name}{json.dumps(told, default=str, sort_keys=True)}"


def within(asked: str, name: str) -> str:
    """What a field is asked, of what was asked before."""
    return f"{asked}.{name}"


def row_id(kind: ObjectType, asked: str, row: Any) -> str:
    """The id of a row of what was asked."""
    keys = [_reached(row, path) for path in kind.row_of]
    told = json.dumps([asked, keys], default=str, ensure_ascii=False).encode()
    digest = base64.urlsafe_b64encode(hashlib.blake2b(told, digest_size=BYTES).digest()).decode()
    return f"{kind.name}.{digest}"


def is_row_id(text: str) -> bool:
    """Whether a text is such an id, by which nothing can be found."""
    return _ROW_ID.fullmatch(text) is not None


def _reached(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = None if row is None else getattr(row, name)
    return row


def _told(given: Any) -> Any:
    """What was said in arguments: null, or nothing at all, is as good as left out."""
    if isinstance(given, Mapping):
        told = {name: _told(value) for name, value in given.items()}
        return {name: value for name, value in told.items() if value not in (None, {})}
    return [_told(one) for one in given] if isinstance(given, list) else given
