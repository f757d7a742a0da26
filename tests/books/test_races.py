"""Eight clerks at once: the books agree, and no order shows reserved what cannot leave."""

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from tests.bookkeeping.racing import CLERKS, RACES, race

TURNS = 12


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", RACES)
async def test_nothing_is_promised_that_cannot_leave(call: Call, name: str, seed: int) -> None:
    assert await race(call, RACES[name], seed, TURNS) > CLERKS
    posted = await db.fetch("SELECT count(*) FROM journal WHERE name = 'StocktakePosted'")
    assert (posted[0][0] > 0) is ("count" in RACES[name])
