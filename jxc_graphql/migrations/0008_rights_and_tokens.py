"""Scopes of several dimensions, roles that grant roles, tokens that end, where sign-ins and facts came from."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements, seed

WAREHOUSES = [
    """INSERT INTO user_scope (id, user_id, dimension, target_id)
       SELECT id, user_id, 'WAREHOUSE', warehouse_id FROM user_warehouse""",
    """INSERT INTO user_scope (id, user_id, dimension, target_id)
       SELECT -min(id), user_id, 'WAREHOUSE', 0 FROM user_warehouse GROUP BY user_id""",
]


class Migration(migrations.Migration):
    """Rights and tokens."""

    operations = (
        ops.CreateModel(
            "UserScope",
            [
                ("id", columns.Id()),
                ("user", columns.reference("User")),
                ("dimension", fields.CharField(max_length=30)),
                ("target_id", fields.BigIntField()),
            ],
            {"table": "user_scope", "unique_together": (("user", "dimension", "target_id"),)},
        ),
        Statements(sqlite=WAREHOUSES, postgres=WAREHOUSES),
        ops.DeleteModel(name="UserWarehouse"),
        ops.CreateModel(
            "RoleGrant",
            [
                ("id", columns.Id()),
                ("role", columns.reference("Role")),
                ("granted", columns.reference("Role")),
            ],
            {"table": "role_grant", "unique_together": (("role", "granted"),)},
        ),
        ops.CreateModel(
            "RightsVersion",
            [("id", columns.Id()), ("version", fields.BigIntField())],
            {"table": "rights_version"},
        ),
        seed("rights_version", ("id", "version"), [(1, 1)]),
        ops.DeleteModel(name="LoginThrottle"),
        ops.CreateModel(
            "FailedSignIns",
            [
                ("id", columns.Id()),
                ("username", fields.CharField(max_length=60)),
                ("origin", fields.CharField(max_length=80)),
                ("failures", fields.IntField()),
                ("last_failed_at", fields.DatetimeField(db_index=True)),
            ],
            {"table": "failed_sign_ins", "unique_together": (("username", "origin"),)},
        ),
        ops.CreateModel(
            "KnownOrigin",
            [
                ("id", columns.Id()),
                ("user", columns.reference("User")),
                ("origin", fields.CharField(max_length=80)),
                ("last_seen_at", fields.DatetimeField()),
            ],
            {"table": "known_origin", "unique_together": (("user", "origin"),)},
        ),
        Statements(
            sqlite=[
                """UPDATE token SET expires_at = strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now', '+365 days')
                   WHERE expires_at IS NULL"""
            ],
            postgres=["UPDATE token SET expires_at = now() + interval '365 days' WHERE expires_at IS NULL"],
        ),
        ops.AlterField(model_name="Token", name="expires_at", field=fields.DatetimeField()),
        ops.AlterField(model_name="Token", name="user", field=columns.reference("User", db_index=True)),
        ops.AddField(model_name="Token", name="created_from", field=fields.CharField(default="", max_length=45)),
        ops.AddField(model_name="Token", name="last_used_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Token", name="last_used_from", field=fields.CharField(default="", max_length=45)),
        ops.AddField(model_name="Token", name="permissions", field=fields.TextField(null=True)),
        ops.AddField(model_name="Token", name="scopes", field=fields.TextField(null=True)),
        ops.AddField(model_name="Token", name="addresses", field=fields.TextField(null=True)),
        ops.AddField(model_name="JournalEntry", name="address", field=fields.CharField(default="", max_length=45)),
        ops.AddField(model_name="JournalEntry", name="token_id", field=fields.BigIntField(null=True)),
        ops.AddIndex(model_name="JournalEntry", index=Index(fields=["actor_id", "id"])),
        ops.AddIndex(model_name="JournalEntry", index=Index(fields=["name", "id"])),
    )
