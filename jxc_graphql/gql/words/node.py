"""Things with an id of their own."""

from typing import Any

from jxc_graphql.gql.words.entity import Id, interface


@interface
class Node:
    """A thing with an id of its own, the same wherever it shows up."""

    id: Id[Any]
    """Its id (标识), opaque and stable."""
