"""Tables of users and their rights."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField


class TokenKind(StrEnum):
    """What a token is for."""

    SESSION = "SESSION"
    """Made by signing in; short-lived."""
    API = "API"
    """Made for a program; lives until it is revoked or expires."""


class User(Model):
    id = IdField()
    username = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=100)
    password_hash = fields.CharField(max_length=200, null=True)
    locale = fields.CharField(max_length=10, default="en")
    is_active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "user"


class Role(Model):
    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=100)

    class Meta:
        table = "role"


class RolePermission(Model):
    id = IdField()
    role = fields.ForeignKeyField("models.Role", "permissions", on_delete=fields.RESTRICT)
    permission = fields.CharField(max_length=60)

    class Meta:
        table = "role_permission"
        unique_together = (("role", "permission"),)


class UserRole(Model):
    id = IdField()
    user = fields.ForeignKeyField("models.User", "roles", on_delete=fields.RESTRICT)
    role = fields.ForeignKeyField("models.Role", "users", on_delete=fields.RESTRICT)

    class Meta:
        table = "user_role"
        unique_together = (("user", "role"),)


class UserWarehouse(Model):
    """A warehouse that a user may see; a user without any row sees all."""

    id = IdField()
    user = fields.ForeignKeyField("models.User", "warehouses", on_delete=fields.RESTRICT)
    warehouse = fields.ForeignKeyField("models.Warehouse", "users", on_delete=fields.RESTRICT)

    class Meta:
        table = "user_warehouse"
        unique_together = (("user", "warehouse"),)


class Token(Model):
    """An opaque random token, kept only as its SHA-256."""

    id = IdField()
    user = fields.ForeignKeyField("models.User", "tokens", on_delete=fields.RESTRICT)
    user_id: int
    kind = fields.CharEnumField(TokenKind, max_length=10)
    name = fields.CharField(max_length=100, default="")
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "token"


class LoginThrottle(Model):
    """Failed sign-ins of one user name since the last success."""

    username = fields.CharField(max_length=60, primary_key=True)
    failures = fields.IntField(default=0)
    last_failed_at = fields.DatetimeField()

    class Meta:
        table = "login_throttle"
