"""Tables of users and their rights."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit.ids import IdField
from jxc_graphql.kit.searching import SpeltModel
from jxc_graphql.kit.versions import VersionedModel


class TokenKind(StrEnum):
    """What a token is for."""

    SESSION = "SESSION"
    """Made by signing in; short-lived."""
    API = "API"
    """Made for a program; lives until it is revoked or expires."""


class User(SpeltModel, VersionedModel):
    """Its version is of what is shown of it, roles and scopes included: a new password makes no new one."""

    found_by = ("name",)
    id = IdField()
    username = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=100)
    password_hash = fields.CharField(max_length=200, null=True)
    locale = fields.CharField(max_length=10, default="en")
    is_active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "user"
        indexes = (
            ("name", "id"),
            ("is_active", "id"),
        )


class Role(SpeltModel, VersionedModel):
    """Its version is of its permissions and of what it may grant, too."""

    id = IdField()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=100)

    class Meta:
        table = "role"


class RolePermission(Model):
    id = IdField()
    role = fields.ForeignKeyField("models.Role", "permissions", on_delete=fields.RESTRICT)
    role_id: int
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


class RoleGrant(Model):
    """Whoever holds the role may give the granted one to others, and take it from them."""

    id = IdField()
    role = fields.ForeignKeyField("models.Role", "grants", on_delete=fields.RESTRICT)
    granted = fields.ForeignKeyField("models.Role", "granted_by", on_delete=fields.RESTRICT)

    class Meta:
        table = "role_grant"
        unique_together = (("role", "granted"),)


class UserScope(Model):
    """Something that a user may see in a dimension of scope; a user without any row there sees all of it.

    Whoever has rows has one with the target 0, which is nothing: an emptied scope stays a scope.
    """

    id = IdField()
    user = fields.ForeignKeyField("models.User", "scopes", on_delete=fields.RESTRICT)
    dimension = fields.CharField(max_length=30)
    target_id = fields.BigIntField()

    class Meta:
        table = "user_scope"
        unique_together = (("user", "dimension", "target_id"),)


class Token(Model):
    """An opaque random token, kept only as its SHA-256. What it is limited to never changes."""

    id = IdField()
    user = fields.ForeignKeyField("models.User", "tokens", on_delete=fields.RESTRICT, db_index=True)
    user_id: int
    kind = fields.CharEnumField(TokenKind, max_length=10)
    name = fields.CharField(max_length=100, default="")
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    created_from = fields.CharField(max_length=45, default="")
    expires_at = fields.DatetimeField()
    """A session's moves on as it is used."""
    revoked_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)
    last_used_from = fields.CharField(max_length=45, default="")
    permissions: str | None = fields.TextField(null=True)
    """A JSON list of all that it may do; null: all that its user may."""
    scopes: str | None = fields.TextField(null=True)
    """By dimension, a JSON list of all that it sees; null, or a dimension that is not named: all that its user sees."""
    addresses: str | None = fields.TextField(null=True)
    """A JSON list of the networks from where it is good; null: from everywhere."""

    class Meta:
        table = "token"


class KnownOrigin(Model):
    """A device or an address from which a user has signed in."""

    id = IdField()
    user = fields.ForeignKeyField("models.User", "origins", on_delete=fields.RESTRICT)
    origin = fields.CharField(max_length=80)
    last_seen_at = fields.DatetimeField()

    class Meta:
        table = "known_origin"
        unique_together = (("user", "origin"),)


class FailedSignIns(Model):
    """Wrong passwords under one user name from one origin, or from an address under any name (then it is empty)."""

    id = IdField()
    username = fields.CharField(max_length=60)
    origin = fields.CharField(max_length=80)
    failures = fields.IntField(default=0)
    last_failed_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "failed_sign_ins"
        unique_together = (("username", "origin"),)


class RightsVersion(Model):
    """One row: it rises whenever somebody lost a right, or may have, in the transaction in which it happened."""

    id = IdField()
    version = fields.BigIntField()

    class Meta:
        table = "rights_version"
