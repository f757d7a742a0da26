"""When and from where tokens were last used: noted as they are shown, written now and then, all in one statement.

No request waits for it, and of one token it is written once a minute at most, whichever processes it is shown to.
"""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.db.connect import current
from jxc_graphql.office.auth import rules
from jxc_graphql.office.auth.models import TokenKind

USES_EVERY = timedelta(seconds=5)

_COLUMNS = {
    "id": "bigint",
    "at": "timestamptz",
    "before": "timestamptz",
    "address": "text",
    "expires_at": "timestamptz",
}


class _Use(NamedTuple):
    at: datetime
    address: str | None
    expires_at: datetime | None


def _uses() -> dict[int, _Use]:
    """What is noted of the tokens of this database."""
    noted: dict[int, _Use] = current().known.setdefault("uses of tokens", {})
    return noted


def note(
    token_id: int, kind: TokenKind, created_at: datetime, last_used_at: datetime | None, address: str | None
) -> None:
    """Notes that a token was shown; nothing when that was written down less than a minute ago."""
    now = clock.now()
    if last_used_at is None or now - last_used_at >= rules.USE_STEP:
        uses = _uses()
        known = uses.get(token_id)
        from_where = known.address if address is None and known else address
        uses[token_id] = _Use(
            now, from_where, rules.session_end(created_at, now) if kind is TokenKind.SESSION else None
        )


async def write_uses() -> None:
    """Writes down what was noted; what cannot be written stays noted."""
    uses = _uses()
    noted = dict(uses)
    if noted:
        await _write(noted)
    for token_id, use in noted.items():
        if uses.get(token_id) is use:
            del uses[token_id]


@db.transactional
async def _write(noted: Mapping[int, _Use]) -> None:
    await db.execute(
        "UPDATE token SET last_used_at = used.at, last_used_from = coalesce(used.address, token.last_used_from), "
        f"expires_at = coalesce(used.expires_at, token.expires_at) FROM {db.rows(_COLUMNS)} AS used "
        "WHERE token.id = used.id AND token.revoked_at IS NULL "
        "AND (token.last_used_at IS NULL OR token.last_used_at <= used.before)",
        (
            db.json(
                (token_id, use.at, use.at - rules.USE_STEP, use.address, use.expires_at)
                for token_id, use in sorted(noted.items())
            ),
        ),
    )
