"""Reports on a year of a million movements: milliseconds and statements of what a dashboard asks for."""

import statistics
import time
from datetime import timedelta
from functools import partial
from typing import Any

from jxc_graphql import schema
from jxc_graphql.kit import clock, db
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.queries import call_of_token
from tests.bench import million
from tests.bench.stage import at, fresh_databases, verified
from tests.operations import documents

MOVEMENTS = 1_000_000
TIMES = 7
HALF_A_YEAR = 182
"""How far back is asked: to the day for which the most has to be added up."""


async def _asked(name: str) -> None:
    stage = await million.set_up(MOVEMENTS)
    assert await verified() == 0
    token = (await auth.create_api_token(auth.system_call(), user_id=stage.actor_id, name="bench")).token
    call = await call_of_token(token, locale="en", request_id="bench")
    day = clock.day_of(clock.now()) - timedelta(days=HALF_A_YEAR)
    moment = clock.start_of(day) + timedelta(hours=13)
    by_posting, by_business_date = {"moment": moment.isoformat()}, {"businessDate": day.isoformat()}
    questions: list[tuple[str, str, dict[str, Any]]] = [
        ("level list, 100 of 1,000", "StockLevels", {"first": 100}),
        ("sums over all levels", "StockSummary", {}),
        ("100 levels as of a moment", "StockAsOf", {"first": 100} | by_posting),
        ("100 levels as of a day", "StockAsOf", {"first": 100} | by_business_date),
        ("valuation by category, now", "StockValuation", {"groupBy": "CATEGORY"}),
        ("valuation by category, of a moment", "StockValuation", {"groupBy": "CATEGORY"} | by_posting),
        ("valuation by category, of a day", "StockValuation", {"groupBy": "CATEGORY"} | by_business_date),
        ("valuation by product, of a day", "StockValuation", {"groupBy": "PRODUCT"} | by_business_date),
        ("ageing by category", "StockAgeing", {"groupBy": "CATEGORY"}),
        ("turnover of 90 days by product", "StockTurnover", {"groupBy": "PRODUCT"} | _days_until_today(90)),
        ("slow movers", "SlowMovers", {"days": 90, "coverDays": 30}),
    ]
    executor = schema.executor(introspection=True)
    for title, operation, variables in questions:
        prepared = executor.prepare(documents()[operation], operation)
        taken = []
        for _ in range(TIMES):
            began = time.perf_counter()
            with db.statements() as seen:
                answer = await executor.run(prepared, variables, call)
            taken.append((time.perf_counter() - began) * 1000)
            assert b'"errors"' not in answer.encode("bench"), answer
        print(
            f"{name}: {title}: {statistics.median(taken):.0f} ms (worst {max(taken):.0f}), {len(seen)} statements",
            flush=True,
        )


def _days_until_today(days: int) -> dict[str, str]:
    today = clock.day_of(clock.now())
    return {"begin": (today - timedelta(days=days - 1)).isoformat(), "through": today.isoformat()}


def history(only: str | None = None) -> None:
    """Level list, states of the past, value and age over a million movements, 1,000 levels and a year."""
    with fresh_databases(only) as found:
        for name, url in found:
            at(url, partial(_asked, name))
