"""Who may do what: users, roles, warehouse scope, sign-in and tokens.

Words
    user 用户              a person or a program that signs in; never deleted, only deactivated
    role 角色              a named set of permissions; `ensure_roles` writes the built-in ones at every start
    permission 权限        one thing that a role allows (`permissions.Permission`); every operation requires one
    scope 数据范围          the warehouses that a user may see and touch (none: all); set by the API of `warehouses`
    token 令牌             opaque and random; a session's is short-lived, an API token's lives until it is revoked
    throttle 登录限制       the pause after failed sign-ins under one user name, known or not

Tables
    user, role, role_permission, user_role, user_warehouse, token, login_throttle

Invariants
    A password is kept as its argon2id hash, a token as its SHA-256; neither is ever in the journal.
    Signing in fails alike, and takes as long, for an unknown user, a wrong password and a deactivated user.
    Rights are read from the database with every request: a revoked token or a lost role ends at once, in all processes.
    At least one active user always holds MANAGE_USERS, from the first such user on.
    The system itself (the command line) acts as `operations.system_call()`; its facts have no actor.

Read `permissions`, `rules`, `credentials`, then `operations` and `queries`.

Doors: `facts`, `operations`, `permissions`, `queries`.
"""
