"""Passwords and tokens: how they are made, kept and compared; plain ones never leave this file but to their owner."""

import asyncio
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from jxc_graphql.office.auth.turns import Turns

TOKEN_PREFIX = "jxc_"  # noqa: S105  (what every token starts with)
TOKEN_LENGTH_LIMIT = 100
HASHING_PLACES = 2
"""Passwords that are hashed at a time, by all processes of an installation; a process always has one place."""
WAITING = 128
"""How many may wait per place: a shop whose clerks all sign in as it opens."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_threads = ThreadPoolExecutor(HASHING_PLACES, thread_name_prefix="argon2")
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()
_places = HASHING_PLACES


def share_places(processes: int) -> None:
    """Says how many processes share the places; for those who wait from now on."""
    global _places  # noqa: PLW0603  (a process has one share)
    _places = max(HASHING_PLACES // processes, 1)
    _turns.clear()


def turns() -> Turns:
    """The queue in front of the places of this process."""
    loop = asyncio.get_running_loop()
    if loop not in _turns:
        _turns[loop] = Turns(_places, _places * WAITING)
    return _turns[loop]


async def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, _bytes(password))


async def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether a password belongs to a hash; without a hash it says no after the same time."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _matches, password_hash, password)


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _nobodys_hash(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def new_token() -> str:
    """A new opaque token."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def new_password() -> str:
    """A password that nobody chose, for somebody to change."""
    return secrets.token_urlsafe(12)


def new_device() -> str:
    """What tells a device from all others."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(_bytes(token)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
