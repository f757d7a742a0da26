"""Limits in seasons, and many of them at once."""

from collections.abc import Awaitable
from typing import Any

import msgspec
import pytest
from tortoise.exceptions import IntegrityError

from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Forbidden, UnknownId
from jxc_graphql.kit.numbers import LIMIT, Quantity
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.warehousing.limits import operations, queries, rules
from jxc_graphql.warehousing.limits.rules import KnownLimit
from tests.make.plan import Plan, day
from tests.refusals import codes, refusal

replace = msgspec.structs.replace


async def in_force(plan: Plan, month: int, of_month: int) -> list[str]:
    rows = await db.fetch(f'SELECT "limit" FROM ({queries.in_force_on(day(month, of_month))}) AS one ORDER BY sku_id')
    return [str(Quantity(limit)) for (limit,) in rows]


async def test_a_season_stands_in_for_the_base_limit_on_its_days(plan: Plan) -> None:
    await plan.set(
        plan.wanted(limit="5", upper="40"),
        plan.wanted(limit="20", starts_on=day(6, 1), ends_on=day(8, 31)),
        plan.wanted(limit="9", starts_on=day(12, 1)),
        plan.wanted(1, limit="7", ends_on=day(6, 30)),
    )
    found = [await in_force(plan, *on) for on in ((5, 31), (6, 1), (8, 31), (9, 1), (12, 1))]
    assert found == [["5", "7"], ["20", "7"], ["20"], ["5"], ["9"]]
    assert await plan.limits() == [
        ("0", "5", "10", "40", None, None),
        ("0", "20", "40", None, "2026-06-01", "2026-08-31"),
        ("0", "9", "18", None, "2026-12-01", None),
        ("1", "7", "14", None, None, "2026-06-30"),
    ]


async def test_a_limit_is_changed_by_its_first_day(plan: Plan) -> None:
    ids = await plan.set(plan.wanted(), plan.wanted(starts_on=day(6, 1), ends_on=day(8, 31)))
    again = await plan.set(plan.wanted(starts_on=day(6, 1), ends_on=day(9, 30), limit="8"), plan.wanted(limit="6"))
    assert again == ids[::-1]
    assert await plan.limits() == [
        ("0", "6", "12", None, None, None),
        ("0", "8", "16", None, "2026-06-01", "2026-09-30"),
    ]


async def test_a_limit_keeps_what_is_not_said_as_far_as_it_can(plan: Plan) -> None:
    more: dict[str, Any] = {"clear_above": "7", "target": "30", "upper": "40"}
    (before,) = await plan.set(plan.wanted(limit="5", **more, expiry_alert_days=9))
    assert list(await plan.set(plan.wanted(limit="6"))) == [before]
    (kept,) = await limits_of(before)
    said = {name: Quantity.of(text) for name, text in more.items()}
    assert kept.terms == rules.Terms(limit=Quantity.of("6"), **said, starts_on=None, ends_on=None, expiry_alert_days=9)
    await plan.set(plan.wanted(limit="35"))
    (raised,) = await limits_of(before)
    assert (raised.terms.clear_above, raised.terms.target) == (Quantity.of("35"), Quantity.of("40"))
    await plan.set(plan.wanted(limit="5", clear_above=None, target=None, upper=None, expiry_alert_days=None))
    (cleared,) = await limits_of(before)
    assert cleared.terms == rules.Terms(
        limit=Quantity.of("5"), clear_above=Quantity.of("5"), target=Quantity.of("10"), upper=None, starts_on=None,
        ends_on=None, expiry_alert_days=None,
    )  # fmt: skip


async def test_a_refusal_tells_nothing_of_limits_elsewhere(plan: Plan) -> None:
    await plan.set(plan.wanted(limit="5", target="30", warehouse=1))
    limited = replace(plan.call, scopes={Dimension.WAREHOUSE: frozenset({plan.warehouses[0]})})
    wanted = plan.wanted(limit="5", upper="9", warehouse=1)
    refused = operations.set_stock_limits(limited, limits=[wanted])
    assert await codes(refused) == [("UNKNOWN_ID", ("limits", 0, "warehouse_id"))]


async def limits_of(*limit_ids: int) -> list[KnownLimit]:
    return [*(await queries.limits(limit_ids)).values()]


async def test_refuses_seasons_that_share_a_day_and_names_the_other(plan: Plan) -> None:
    (summer,) = await plan.set(plan.wanted(starts_on=day(6, 1), ends_on=day(8, 31)))
    reasons = await refusal(
        plan.set(
            plan.wanted(starts_on=day(8, 31), ends_on=day(9, 30)),
            plan.wanted(starts_on=day(9, 30)),
            plan.wanted(1, starts_on=day(8, 1)),
        )
    )
    assert reasons == [
        rules.LimitsOverlap(
            path=("limits", 0, "starts_on"), starts_on=day(6, 1), ends_on=day(8, 31), stock_limit_id=summer
        ),
        rules.LimitsOverlap(
            path=("limits", 1, "starts_on"), starts_on=day(8, 31), ends_on=day(9, 30), stock_limit_id=None
        ),
    ]


async def test_refuses_more_seasons_than_anybody_keeps_track_of(plan: Plan) -> None:
    await plan.set(*(plan.wanted(starts_on=day(1, n), ends_on=day(1, n)) for n in range(1, rules.MAX_SEASONS + 1)))
    reasons = await refusal(plan.set(plan.wanted(starts_on=day(2, 1))))
    assert reasons == [rules.TooManySeasons(path=("limits", 0), limit=rules.MAX_SEASONS)]


async def test_refuses_a_list_of_limits_with_everything_that_is_wrong(plan: Plan) -> None:
    good = plan.wanted()
    reasons = await refusal(
        plan.set(
            good,
            good,
            plan.wanted(1, limit="-1"),
            plan.wanted(2, clear_above="4"),
            plan.wanted(3, target="4"),
            plan.wanted(3, upper="9", target="10", starts_on=day(2, 1), ends_on=day(1, 1)),
            plan.wanted(3, starts_on=day(3, 1), expiry_alert_days=9999),
        )
    )
    assert [(reason.code, reason.path) for reason in reasons] == [
        ("LIMIT_GIVEN_TWICE", ("limits", 1)),
        ("NEGATIVE_LIMIT", ("limits", 2, "limit")),
        ("CLEAR_BELOW_LIMIT", ("limits", 3, "clear_above")),
        ("TARGET_BELOW_LIMIT", ("limits", 4, "target")),
        ("UPPER_BELOW_TARGET", ("limits", 5, "upper")),
        ("LIMIT_ENDS_BEFORE_START", ("limits", 5, "ends_on")),
        ("ALERT_DAYS_OUT_OF_RANGE", ("limits", 6, "expiry_alert_days")),
    ]
    elsewhere = replace(plan.call, scopes={Dimension.WAREHOUSE: frozenset({1})})
    limits = [good, replace(good, sku_id=1), replace(good, warehouse_id=2)]
    assert await refusal(operations.set_stock_limits(elsewhere, limits=limits)) == [
        UnknownId(path=("limits", 0, "warehouse_id"), kind="Warehouse"),
        UnknownId(path=("limits", 1, "sku_id"), kind="Sku"),
        UnknownId(path=("limits", 1, "warehouse_id"), kind="Warehouse"),
        UnknownId(path=("limits", 2, "warehouse_id"), kind="Warehouse"),
    ]


async def test_removes_all_of_them_or_none(plan: Plan) -> None:
    first, second = await plan.set(plan.wanted(), plan.wanted(1))
    elsewhere = replace(plan.call, scopes={Dimension.WAREHOUSE: frozenset({plan.warehouses[1]})})
    for call, wanted in ((plan.call, [first, 7]), (elsewhere, [second, first])):
        reasons = await refusal(operations.remove_stock_limits(call, stock_limit_ids=wanted))
        assert {reason.code for reason in reasons} == {"UNKNOWN_ID"}
    fact = await operations.remove_stock_limits(plan.call, stock_limit_ids=[first])
    assert (fact.stock_limit_ids, len(fact.stock_level_ids)) == ((first,), 1)
    assert [row[0] for row in await plan.limits()] == ["1"]


async def test_copies_the_limits_of_a_category_times_a_ratio(plan: Plan) -> None:
    await plan.set(
        plan.wanted(0, "3"),
        plan.wanted(1, "5", upper="21"),
        plan.wanted(1, "9", starts_on=day(6, 1)),
        plan.wanted(3, "4"),
        plan.wanted(1, "1", warehouse=1, starts_on=day(1, 1), ends_on=day(12, 31)),
        plan.wanted(3, "1", warehouse=1),
    )
    source, target = plan.warehouses
    fact = await operations.copy_stock_limits(
        plan.call, from_warehouse_id=source, to_warehouse_id=target, category_id=plan.drinks, numerator=1, denominator=2
    )
    assert (fact.count, len(fact.stock_level_ids)) == (3, 2)
    assert await plan.limits(1) == [
        ("0", "1.5", "3", None, None, None),
        ("1", "2.5", "5", "10.5", None, None),
        ("1", "4.5", "9", None, "2026-06-01", None),
        ("3", "1", "2", None, None, None),
    ]
    assert len(await plan.limits()) == 4


async def test_scales_what_is_in_a_category(plan: Plan) -> None:
    ids = await plan.set(plan.wanted(0, "3"), plan.wanted(2, "5", upper="20"))
    fact = await operations.scale_stock_limits(
        plan.call, warehouse_id=plan.warehouses[0], category_id=plan.tea, numerator=3, denominator=2
    )
    assert fact.count == 1
    assert await plan.limits() == [("0", "3", "6", None, None, None), ("2", "7.5", "15", "30", None, None)]
    assert [key for (key,) in await db.fetch("SELECT id FROM stock_limit ORDER BY sku_id")] == list(ids)


async def test_a_small_ratio_keeps_the_target_above_what_ends_the_alert(plan: Plan) -> None:
    step = plan.wanted(limit="0.0001", target="0.0002", upper="0.0002")
    await plan.set(step, plan.wanted(1, limit="0", starts_on=day(6, 1)))
    source, target = plan.warehouses
    await operations.copy_stock_limits(
        plan.call, from_warehouse_id=source, to_warehouse_id=target, numerator=1, denominator=1000
    )
    assert await plan.limits(1) == [
        ("0", "0", "0.0001", "0.0001", None, None),
        ("1", "0", "0.001", None, "2026-06-01", None),
    ]
    await operations.scale_stock_limits(plan.call, warehouse_id=source, numerator=2, denominator=3)
    assert await plan.limits() == [
        ("0", "0.0001", "0.0002", "0.0002", None, None),
        ("1", "0", "0.6667", None, "2026-06-01", None),
    ]


async def test_the_table_holds_no_limit_that_ordering_would_not_end(plan: Plan) -> None:
    (limit_id,) = await plan.set(plan.wanted(upper="20"))
    for change in ("target = clear_above", "upper = target - 1", 'clear_above = "limit" - 1', '"limit" = -1'):
        with pytest.raises(IntegrityError):
            await db.transactional(db.execute)(f"UPDATE stock_limit SET {change} WHERE id = {limit_id}")


async def test_refuses_to_copy_or_scale_what_is_not_there_or_too_much(plan: Plan) -> None:
    source, target = plan.warehouses
    await plan.set(plan.wanted(limit="5", target=str(Quantity(LIMIT))))

    def scale(numerator: int = 2, category_id: int | None = None, warehouse_id: int = source) -> Awaitable[object]:
        return operations.scale_stock_limits(
            plan.call, warehouse_id=warehouse_id, category_id=category_id, numerator=numerator
        )

    def copy(to: int, **said: int) -> Awaitable[object]:
        return operations.copy_stock_limits(plan.call, from_warehouse_id=source, to_warehouse_id=to, **said)

    refused = [
        (scale(0), ("RATIO_OUT_OF_RANGE", ("numerator",))),
        (scale(), ("LIMIT_OUT_OF_BOUNDS", ("numerator",))),
        (scale(category_id=plan.tea), ("NO_LIMITS_CHOSEN", ("category_id",))),
        (scale(category_id=7), ("UNKNOWN_ID", ("category_id",))),
        (scale(warehouse_id=7), ("UNKNOWN_ID", ("warehouse_id",))),
        (copy(source), ("COPIED_ONTO_ITSELF", ("to_warehouse_id",))),
        (copy(target, numerator=1000), ("LIMIT_OUT_OF_BOUNDS", ("numerator",))),
    ]
    for work, expected in refused:
        assert await codes(work) == [expected]
    with pytest.raises(Forbidden):
        await operations.scale_stock_limits(
            replace(plan.call, permissions=frozenset()), warehouse_id=source, numerator=2
        )


async def test_takes_as_many_statements_for_any_number_of_limits(plan: Plan) -> None:
    counts = []
    for skus in ((0,), (0, 1, 2, 3)):
        with db.statements() as seen:
            await plan.set(*(plan.wanted(sku) for sku in skus))
        counts.append([len(seen)])
        source, target = plan.warehouses
        for work in (
            operations.copy_stock_limits(plan.call, from_warehouse_id=source, to_warehouse_id=target),
            operations.scale_stock_limits(plan.call, warehouse_id=source, numerator=2),
        ):
            with db.statements() as seen:
                await work
            counts[-1].append(len(seen))
        ids = [key for (key,) in await db.fetch("SELECT id FROM stock_limit WHERE warehouse_id = ?", (target,))]
        with db.statements() as seen:
            await operations.remove_stock_limits(plan.call, stock_limit_ids=ids)
        counts[-1].append(len(seen))
    assert all(abs(one - many) <= 2 for one, many in zip(*counts, strict=True)), counts  # levels made on first use
    assert max(max(each) for each in counts) <= 22  # the review of their alerts included
