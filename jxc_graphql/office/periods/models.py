"""The table of closed periods."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField


class PeriodStatus(StrEnum):
    """Whether a period is closed still."""

    CLOSED = "CLOSED"
    """Closed (已结账): nothing is posted under its days any more."""
    REOPENED = "REOPENED"
    """Reopened (已反结账): its days are open again; closing them anew makes another period."""


class Period(Model):
    """One close: the days that it closed, and when it was taken back. Never deleted."""

    id = IdField()
    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField()
    status = fields.CharEnumField(PeriodStatus, max_length=10)
    closed_at = fields.DatetimeField()
    closed_by = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT)
    closed_by_id: int
    reopened_at = fields.DatetimeField(null=True)
    reopened_by = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    reopened_by_id: int | None
    note = fields.CharField(max_length=500, default="")

    class Meta:
        table = "period"
        constraints = (
            UniqueConstraint(("ends_on",), "period_is_closed_once", "status = 'CLOSED'"),
            CheckConstraint("starts_on IS NULL OR starts_on <= ends_on", "period_has_days"),
            CheckConstraint(
                "(status = 'REOPENED') = (reopened_at IS NOT NULL)"
                " AND (reopened_at IS NULL) = (reopened_by_id IS NULL)",
                "period_tells_who_reopened_it",
            ),
        )

        indexes = (
            ("status", "id"),
            ("ends_on", "id"),
        )
