"""Who may do what: users, roles, data scope, sign-in and tokens.

Words
    user 用户              a person or a program that signs in; never deleted, only deactivated
    role 角色              a named set of permissions, and of the roles that whoever holds it may give to others;
                          `ensure_roles` writes the built-in ones at every start
    permission 权限        one thing that a role allows (`permissions.Permission`); every operation requires one
    scope 数据范围          in a dimension (`permissions.Dimension`) the things that a user may see and touch; none: all
    part                   a dimension may divide another one, as branches do warehouses: whoever is limited in it sees
                           of the other what lies in his part at the time, as far as his scope there has it
    above 上级             who holds a role that one may not grant, or sees what one does not see
    token 令牌             opaque and random; a session's moves its end on as it is used, an API token may be limited to
                          permissions, scopes and addresses; every one of them ends
    origin 来源            from where somebody signs in: a device (设备) that shows its token, else an address

Tables
    user, role, role_permission, role_grant, user_role, user_scope, token, known_origin, failed_sign_ins, rights_version

Invariants
    A password is kept as its argon2id hash, a token as its SHA-256; neither is ever in the journal.
    Signing in fails alike, and takes as long, for an unknown user, a wrong password and a deactivated user.
    Failures hold up who made them: the same name from the same origin, and strangers from the same address. Few
    passwords are hashed at a time, in turns of origins (`turns`); whoever is known where he is goes first.
    Rights are read from the database with every request: a revoked token or a lost role ends at once, in all processes.
    Whatever takes a right from somebody raises the version of all rights in its transaction, and so does whatever
    brings something into another part of a dimension. What changes a user or a role makes its next version, roles,
    scopes and permissions included; a new password does not.
    Nobody gives a role, a permission or a scope that is not his to give, changes his own, or lays hands on the tokens
    and the password of somebody above him. A token is never worth more than its user is at the moment, and nobody hands
    on through a limited one what it may not do or see itself; from which addresses it is good limits itself alone.
    At least one active user always holds the role ADMIN, from the first such user on.
    Uses of tokens are written now and then (`uses`): no request waits for it.
    The system itself (the command line) acts as `operations.system_call()`; its facts have no actor.

Read `permissions`, `rules`, `reach`, `signing_in`, then `operations` and `queries`.

Doors: `facts`, `operations`, `permissions`, `queries`, `rights`, `scoping`.
"""
