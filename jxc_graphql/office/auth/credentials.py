"""Passwords and tokens: how they are made, kept and compared; plain ones never leave this file but to their owner."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TOKEN_PREFIX = "jxc_"  # noqa: S105  (what every token starts with)
TOKEN_LENGTH_LIMIT = 100
HASHING_THREADS = 2

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_threads = ThreadPoolExecutor(HASHING_THREADS, thread_name_prefix="argon2")
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """Waits for one of the two hashing threads, so that no more sign-ins than these are between check and count."""
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(HASHING_THREADS)):
        yield


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


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(_bytes(token)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
