"""Signing in and out, and how wrong guesses of strangers are kept from standing in anybody's way.

Failures count under the user name and the origin together: the device, where its token shows that the user has signed
in with it before, else the address. So nobody locks out anybody else. Addresses that fail under any name wait as well,
for a shorter while; those from which the user has signed in before do not.
"""

import math
from datetime import datetime, timedelta

import msgspec

from jxc_graphql.kit import addresses, clock, db, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Path, Reason, Rejected
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.text import check_text
from jxc_graphql.office.auth import credentials, facts, models, queries, rules
from jxc_graphql.office.auth.rights import recorded, taking
from jxc_graphql.office.auth.turns import Crowded

CROWDED_SECONDS = 2
_ANY_NAME = ""

_LOOK = """
SELECT 0, id, password_hash, '', NULL FROM "user" WHERE username = ? AND is_active
UNION ALL
SELECT 1, failures, username, origin, last_failed_at FROM failed_sign_ins
WHERE (username = ? AND origin IN (?, ?)) OR (username = ? AND origin = ?)
UNION ALL
SELECT 2, 0, '', known_origin.origin, NULL FROM known_origin JOIN "user" AS account ON account.id = known_origin.user_id
WHERE account.username = ? AND known_origin.origin IN (?, ?) AND known_origin.last_seen_at > ?"""
_COUNT = """
INSERT INTO failed_sign_ins (id, username, origin, failures, last_failed_at) VALUES (?, ?, ?, 1, ?)
ON CONFLICT (username, origin) DO UPDATE SET last_failed_at = excluded.last_failed_at,
    failures = CASE WHEN failed_sign_ins.last_failed_at < ? THEN 1 ELSE failed_sign_ins.failures + 1 END
RETURNING failures"""
_REMEMBER = """
INSERT INTO known_origin (id, user_id, origin, last_seen_at) VALUES (?, ?, ?, ?)
ON CONFLICT (user_id, origin) DO UPDATE SET last_seen_at = excluded.last_seen_at"""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A user who has just signed in, with the session's token in plain text and the call that it makes."""

    token: str
    device_token: str
    expires_at: datetime
    user_id: int
    call: Call


class SignedOut(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is not signed in any more; nobody, if he was not before."""

    user_id: int | None = None


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A user whose password was right."""

    user_id: int
    username: str
    password_hash: str


class _Guess(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who says that he is a user, and from where."""

    username: str
    address: str
    device: str

    async def look(self) -> "_Seen":
        """What is known of it, in one statement."""
        since = clock.now() - rules.ORIGIN_FORGOTTEN_AFTER
        rows = await db.fetch(
            _LOOK,
            (
                *(self.username, self.username, self.device, self.address, _ANY_NAME, self.address),
                *(self.username, self.device, self.address, since),
            ),
        )
        known = {row[3] for row in rows if row[0] == 2}  # noqa: PLR2004  (the third part of _LOOK)
        origin = self.device if self.device in known else self.address
        return _Seen(
            user=next((row[1:3] for row in rows if row[0] == 0), None),
            origin=origin,
            is_known=origin in known,
            failed={row[2:4]: (row[1], _moment(row[4])) for row in rows if row[0] == 1},
        )


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a guess."""

    user: tuple[int, str | None] | None
    origin: str
    is_known: bool
    failed: dict[tuple[str, str], tuple[int, datetime]]

    def admit(self, guess: _Guess, now: datetime, path: Path) -> None:
        """Raises `Rejected` while it has to wait."""
        own, of_address = self.failed.get((guess.username, self.origin)), self.failed.get((_ANY_NAME, guess.address))
        wait = timedelta(0) if own is None else rules.pause(*own, now)
        if of_address is not None and not self.is_known:
            wait = max(wait, rules.pause_of_address(*of_address, now))
        if wait:
            raise Rejected(rules.TooManyAttempts(path=path, retry_after_seconds=math.ceil(wait.total_seconds())))


async def is_password(username: str, password: str) -> bool:
    """Whether an active user has this password; for the command line, which no stranger guesses at."""
    user = await models.User.get_or_none(username=username, is_active=True)
    return user is not None and await credentials.password_matches(user.password_hash, password)


async def login(call: Call, *, username: str, password: str, device_token: str | None = None) -> Session:
    """Signs a user in; `device_token`: what an earlier sign-in with the same device gave.

    Raises `Rejected` with `InvalidCredentials`, the same for an unknown user and a wrong password, or with
    `TooManyAttempts` after several failures under this name from here.
    """
    device = device_token or credentials.new_device()
    guess = _Guess(
        username=rules.username(username),
        address=f"address:{addresses.origin(call.address)}",
        device=f"device:{credentials.token_hash(device)}",
    )
    proof, seen = await _prove(call, guess, password, rules.InvalidCredentials())
    if seen.origin != guess.device:
        device = credentials.new_device()  # nobody chooses what his device is known by
        guess = msgspec.structs.replace(guess, device=f"device:{credentials.token_hash(device)}")
    token = credentials.new_token()
    signed_in = msgspec.structs.replace(call, actor_id=proof.user_id)
    fact = await _open_session(signed_in, proof, credentials.token_hash(token), guess, seen.origin)
    return Session(
        token=token,
        device_token=device,
        expires_at=rules.session_end(call.at, call.at),
        user_id=fact.user_id,
        call=await queries.call_of_token(token, locale=call.locale, request_id=call.request_id, address=call.address),
    )


async def prove_again(call: Call, user: models.User, password: str, path: Path) -> Proof:
    """What shows that whoever has a session of a user knows the password too."""
    origin = f"token:{call.token_id}"
    guess = _Guess(username=user.username, address=origin, device=origin)
    return (await _prove(call, guess, password, rules.WrongPassword(path=path), known=True))[0]


async def _prove(
    call: Call, guess: _Guess, password: str, wrong: Reason, *, known: bool = False
) -> tuple[Proof, _Seen]:
    """The user to whom name and password belong, and what was known of the guess; counts a failure otherwise."""
    path = wrong.path
    if any(check_text((), guess.username, limit=rules.USERNAME_LIMIT)) or len(password) > rules.PASSWORD_MOST:
        raise Rejected(wrong)
    seen = await guess.look()
    seen.admit(guess, call.at, path)
    is_known = known or seen.is_known
    lane = f"{guess.username} {seen.origin}" if is_known else seen.origin
    try:
        async with credentials.turns().taken(lane, known=is_known):
            seen = await guess.look()
            seen.admit(guess, max(call.at, clock.now()), path)
            user_id, password_hash = seen.user or (0, None)
            if await credentials.password_matches(password_hash, password) and password_hash is not None:
                return Proof(user_id=user_id, username=guess.username, password_hash=password_hash), seen
            await _count_failure(call, guess, seen, known=is_known)
    except Crowded:
        raise Rejected(rules.TooManyAttempts(path=path, retry_after_seconds=CROWDED_SECONDS)) from None
    raise Rejected(wrong)


@db.transactional
async def _count_failure(call: Call, guess: _Guess, seen: _Seen, *, known: bool) -> None:
    """Counts it under its name and origin, and a stranger's under the address; the audit log tells of some."""
    now = max(call.at, clock.now())
    counted = [(guess.username, seen.origin)] if known else [(guess.username, seen.origin), (_ANY_NAME, guess.address)]
    failures = 0
    for username, origin in counted:
        ((failures,),) = await db.fetch(_COUNT, (new_id(), username, origin, now, now - rules.FAILURES_FORGOTTEN_AFTER))
    if rules.is_told(failures):
        user_id = seen.user[0] if seen.user else 0
        journal.record(facts.LoginFailed(user_id=user_id, failures=failures), call)


@recorded()
async def _open_session(call: Call, proof: Proof, token_hash: str, guess: _Guess, origin: str) -> facts.LoggedIn:
    user = await models.User.select_for_update(no_key=True).get(id=proof.user_id)
    if not user.is_active or user.password_hash != proof.password_hash:
        raise Rejected(rules.InvalidCredentials())
    await models.FailedSignIns.filter(username=guess.username, origin=origin).delete()
    for known in (guess.device, guess.address):
        await db.execute(_REMEMBER, (new_id(), user.id, known, call.at))
    kept = models.KnownOrigin.filter(user_id=user.id).order_by("-last_seen_at", "id").limit(rules.ORIGINS_LIMIT)
    await models.KnownOrigin.filter(user_id=user.id).exclude(id__in=await kept.values_list("id", flat=True)).delete()
    token = await models.Token.create(
        user_id=user.id,
        kind=models.TokenKind.SESSION,
        token_hash=token_hash,
        created_at=call.at,
        created_from=call.address,
        expires_at=rules.session_end(call.at, call.at),
    )
    return facts.LoggedIn(user_id=user.id, access_token_id=token.id)


async def logout(call: Call) -> SignedOut:
    """Revokes the token that the caller showed; whoever showed none that is good has nothing to lose."""
    if call.actor_id is None or call.token_id is None:
        return SignedOut()
    return SignedOut(user_id=(await _end_session(call, call.actor_id, call.token_id)).user_id)


@taking()
async def _end_session(call: Call, user_id: int, token_id: int) -> facts.LoggedOut:
    await models.Token.filter(id=token_id, revoked_at=None).update(revoked_at=call.at)
    return facts.LoggedOut(user_id=user_id, access_token_id=token_id)


@db.transactional
async def forget_failures() -> int:
    """Clears away failures that count for nothing any more; how many there were."""
    before = clock.now() - rules.FAILURES_FORGOTTEN_AFTER
    return await db.execute("DELETE FROM failed_sign_ins WHERE last_failed_at < ?", (before,))


def _moment(raw: datetime | str) -> datetime:
    return datetime.fromisoformat(raw) if isinstance(raw, str) else raw
