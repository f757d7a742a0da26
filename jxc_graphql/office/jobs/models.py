"""Tables of jobs, schedules and work days."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.searching import SpeltModel
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.office.auth.permissions import permission

MANAGE_JOBS = permission(
    "MANAGE_JOBS", "See, start, cancel and retry jobs; keep schedules; say which days are work days."
)


class JobKind(StrEnum):
    """What a job does (任务类型)."""

    SWEEP_JOBS = "SWEEP_JOBS"
    """Clear away jobs that ended a month ago (清理任务)."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "QUEUED"
    """Waits to begin, or to be tried again (排队)."""
    RUNNING = "RUNNING"
    """Somebody is at it (执行中)."""
    DONE = "DONE"
    """Done (完成)."""
    FAILED = "FAILED"
    """Given up after several tries (失败); can be retried."""
    CANCELLED = "CANCELLED"
    """Somebody stopped it (已取消); can be retried."""


class Schedule(SpeltModel, VersionedModel):
    found_by = ("name",)
    id = IdField()
    name = fields.CharField(max_length=100)
    job_kind = fields.CharField(max_length=40)
    cron = fields.CharField(max_length=100)
    input = fields.TextField(default="{}")
    owner = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    owner_id: int | None
    workdays_only = fields.BooleanField(default=False)
    is_active = fields.BooleanField(default=True)
    is_built_in = fields.BooleanField(default=False)
    next_at = fields.DatetimeField(null=True)
    unknown_year = fields.IntField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "schedule"
        constraints = (
            UniqueConstraint(("job_kind",), "schedule_of_the_program_is_the_only_one_of_a_kind", "is_built_in"),
            CheckConstraint("is_active OR next_at IS NULL", "schedule_is_due_only_while_it_is_active"),
        )
        indexes = (
            ("name", "id"),
            ("job_kind", "id"),
            ("owner", "id"),
            ("workdays_only", "id"),
            ("is_active", "id"),
            ("is_built_in", "id"),
            ("next_at", "id"),
            ("created_at", "id"),
            ("updated_at", "id"),
        )


class Job(Model):
    """A run of a kind of job. `due_at`: until when it is left to whoever has it, or waits; ended ones have none."""

    id = IdField()
    job_kind = fields.CharField(max_length=40)
    state = fields.CharEnumField(JobState, max_length=9)
    input = fields.TextField(default="{}")
    saved = fields.TextField(default="{}")
    result = fields.TextField(default="{}")
    steps_done = fields.BigIntField(default=0)
    steps_total = fields.BigIntField(null=True)
    attempts = fields.IntField(default=0)
    fence = fields.IntField(default=0)
    error_code = fields.CharField(max_length=60, default="")
    error_text = fields.CharField(max_length=500, default="")
    schedule = fields.ForeignKeyField("models.Schedule", related_name=False, on_delete=fields.RESTRICT, null=True)
    schedule_id: int | None
    asked_by = fields.ForeignKeyField("models.User", related_name=False, on_delete=fields.RESTRICT, null=True)
    asked_by_id: int | None
    created_at = fields.DatetimeField()
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)

    class Meta:
        table = "job"
        constraints = (
            CheckConstraint(
                "(due_at IS NULL) = (state IN ('DONE', 'FAILED', 'CANCELLED'))", "job_is_due_until_it_ends"
            ),
            CheckConstraint("(ended_at IS NULL) = (due_at IS NOT NULL)", "job_has_a_moment_of_its_end"),
            CheckConstraint("steps_done >= 0 AND attempts >= 0 AND fence >= 0", "job_counts_from_nothing"),
        )
        indexes = (
            ("job_kind", "id"),
            ("state", "id"),
            ("schedule", "id"),
            ("asked_by", "id"),
            ("error_code", "id"),
            ("created_at", "id"),
            ("started_at", "id"),
            ("ended_at", "id"),
            ("due_at", "id"),
        )


class Workday(Model):
    """What somebody said of a day, whatever the calendar says."""

    id = IdField()
    day = fields.DateField(unique=True)
    is_workday = fields.BooleanField()

    class Meta:
        table = "workday"
