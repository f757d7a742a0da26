"""Limits that ordering ends: the target is above what ends the alert, and not above the upper limit.

Limits that there are keep what they warn at. A target that ends nothing becomes the one that a limit without a target
gets: twice the limit, at least one more than what ends the alert, the upper limit at most. An upper limit that leaves no
room for it becomes the target. Where there was such a limit, all levels are reviewed anew.
"""
# ruff: noqa: S608  (statements are made of text of our own)

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit.db.operations import Statements

_ONE, _MOST = 10**4, 10**15
_TWICE = f'CASE WHEN "limit" > {_MOST // 2} THEN {_MOST} ELSE "limit" * 2 END'
_MORE = f"CASE WHEN clear_above > {_MOST - _ONE} THEN {_MOST} ELSE clear_above + {_ONE} END"
_USUAL = f"CASE WHEN {_TWICE} > {_MORE} THEN {_TWICE} ELSE {_MORE} END"
_TARGET = f"CASE WHEN upper > clear_above AND upper < {_USUAL} THEN upper ELSE {_USUAL} END"
_MEND = [
    "DELETE FROM alert_review WHERE EXISTS (SELECT 1 FROM stock_limit WHERE target <= clear_above)",
    f'UPDATE stock_limit SET "limit" = {_MOST - 1} WHERE "limit" = {_MOST}',
    f"UPDATE stock_limit SET clear_above = {_MOST - 1} WHERE clear_above = {_MOST}",
    f"UPDATE stock_limit SET target = {_TARGET} WHERE target <= clear_above",
    "UPDATE stock_limit SET upper = target WHERE upper < target",
]


class Migration(migrations.Migration):
    """Limits that ordering ends."""

    operations = (
        Statements(sqlite=_MEND, postgres=_MEND),
        ops.AddConstraint(
            model_name="StockLimit",
            constraint=CheckConstraint(
                check='"limit" >= 0 AND "limit" <= clear_above AND clear_above < target '
                "AND (upper IS NULL OR target <= upper)",
                name="stock_limit_rises",
            ),
        ),
    )
