"""What the benches measure on is what the product would have written."""

from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from tests.bench import million


async def test_a_long_past_is_as_the_ledger_would_have_left_it(call: Call) -> None:
    await million.set_up(2_000)
    assert await db.fetch("SELECT count(*) FROM stock_movement") == [(2_000,)]
    assert await differences() == []
