"""Jobs."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from jxc_graphql.kit import columns


class Migration(migrations.Migration):
    """Jobs."""

    operations = (
        ops.CreateModel(
            "Schedule",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("name", fields.CharField(max_length=100)),
                ("job_kind", fields.CharField(max_length=40)),
                ("cron", fields.CharField(max_length=100)),
                ("workdays_only", fields.BooleanField()),
                ("is_active", fields.BooleanField()),
                ("is_built_in", fields.BooleanField()),
                ("next_at", fields.DatetimeField(null=True)),
                ("unknown_year", fields.IntField(null=True)),
                ("created_at", fields.DatetimeField()),
            ],
            {
                "table": "schedule",
                "constraints": [
                    UniqueConstraint(
                        fields=("job_kind",),
                        name="schedule_of_the_program_is_the_only_one_of_a_kind",
                        condition="is_built_in",
                    ),
                    CheckConstraint(
                        check="is_active OR next_at IS NULL", name="schedule_is_due_only_while_it_is_active"
                    ),
                ],
                "indexes": [
                    Index(fields=["name", "id"]),
                    Index(fields=["job_kind", "id"]),
                    Index(fields=["workdays_only", "id"]),
                    Index(fields=["is_active", "id"]),
                    Index(fields=["is_built_in", "id"]),
                    Index(fields=["next_at", "id"]),
                    Index(fields=["created_at", "id"]),
                    Index(fields=["updated_at", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "Job",
            [
                ("id", columns.Id()),
                ("job_kind", fields.CharField(max_length=40)),
                ("state", fields.CharField(max_length=9)),
                ("input", fields.TextField()),
                ("saved", fields.TextField()),
                ("steps_done", fields.BigIntField()),
                ("steps_total", fields.BigIntField(null=True)),
                ("attempts", fields.IntField()),
                ("fence", fields.IntField()),
                ("error_code", fields.CharField(max_length=60)),
                ("error_text", fields.CharField(max_length=500)),
                ("schedule", columns.reference("Schedule", null=True)),
                ("asked_by", columns.reference("User", null=True)),
                ("created_at", fields.DatetimeField()),
                ("started_at", fields.DatetimeField(null=True)),
                ("ended_at", fields.DatetimeField(null=True)),
                ("due_at", fields.DatetimeField(null=True)),
            ],
            {
                "table": "job",
                "constraints": [
                    CheckConstraint(
                        check="(due_at IS NULL) = (state IN ('DONE', 'FAILED', 'CANCELLED'))",
                        name="job_is_due_until_it_ends",
                    ),
                    CheckConstraint(
                        check="(ended_at IS NULL) = (due_at IS NOT NULL)", name="job_has_a_moment_of_its_end"
                    ),
                    CheckConstraint(
                        check="steps_done >= 0 AND attempts >= 0 AND fence >= 0", name="job_counts_from_nothing"
                    ),
                ],
                "indexes": [
                    Index(fields=["job_kind", "id"]),
                    Index(fields=["state", "id"]),
                    Index(fields=["schedule", "id"]),
                    Index(fields=["asked_by", "id"]),
                    Index(fields=["error_code", "id"]),
                    Index(fields=["created_at", "id"]),
                    Index(fields=["started_at", "id"]),
                    Index(fields=["ended_at", "id"]),
                    Index(fields=["due_at", "id"]),
                ],
            },
        ),
        ops.CreateModel(
            "Workday",
            [
                ("id", columns.Id()),
                ("day", fields.DateField(unique=True)),
                ("is_workday", fields.BooleanField()),
            ],
            {"table": "workday"},
        ),
    )
