"""Callers who lack something."""

from jxc_graphql.kit.rights import closed
from jxc_graphql.office.auth.permissions import Permission


def without(*lacking: str) -> frozenset[Permission]:
    """All permissions but some, and but those that include one of them."""
    return frozenset(one for one in Permission if not closed(frozenset({one})) & set(lacking))
