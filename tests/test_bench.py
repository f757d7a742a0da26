"""What the benches measure on is what the product would have written, and what they plant fits it."""

import pytest

from jxc_graphql.insight.verification.queries import differences
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from tests.bench import million
from tests.bench.books import BUGS, ROOT, Bug


async def test_a_long_past_is_as_the_ledger_would_have_left_it(call: Call) -> None:
    await million.set_up(2_000)
    assert await db.fetch("SELECT count(*) FROM stock_movement") == [(2_000,)]
    assert await differences() == []


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.what)
def test_a_bug_to_plant_fits_the_source_as_it_is(bug: Bug) -> None:
    assert (ROOT / bug.file).read_text().count(bug.sound) == 1
    assert bug.sound != bug.buggy
