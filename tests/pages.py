"""Reading a report page by page, as a client does."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from tests.operations import send


async def walked(
    client: httpx.AsyncClient, name: str, operation: str, variables: Mapping[str, Any], field: str = ""
) -> list[dict[str, Any]]:
    """All rows of a report, by pages of one; each page says how many rows there are, and each row has an id.

    `field`: of what a root field answers, the list; else it is the list itself.
    """
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = await _page(client, name, operation, {**variables, "first": 1, "after": after}, field)
        found += page["nodes"]
        assert page["totalCount"] >= len(found)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert page["totalCount"] == len(found)
    whole = await _page(client, name, operation, {**variables, "first": 100}, field)
    assert whole["nodes"] == found
    nothing = await _page(client, name, operation, {**variables, "first": 0}, field)
    assert (nothing["nodes"], nothing["totalCount"]) == ([], len(found))
    ids = [one["id"] for one in found]
    assert len(set(ids)) == len(ids)
    return found


async def _page(client: httpx.AsyncClient, name: str, operation: str, variables: Mapping[str, Any], field: str) -> Any:
    answer = await send(client, name, operation, dict(variables))
    assert "errors" not in answer, answer
    (found,) = answer["data"].values()
    return found[field] if field else found


def apart(*answers: Sequence[dict[str, Any]]) -> bool:
    """Whether no row of one has the id of a row of another."""
    ids = [{one["id"] for one in answer} for answer in answers]
    return len(set().union(*ids)) == sum(map(len, ids))
