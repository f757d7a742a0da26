from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import credentials, operations
from tests.accounts import PASSWORD
from tests.make.begun import begun


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """How long a hash takes says nothing here, where hundreds of passwords are tried."""
    monkeypatch.setattr(credentials, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    credentials._nobodys_hash.cache_clear()  # noqa: SLF001  (it was hashed as others do)
    yield
    credentials._nobodys_hash.cache_clear()  # noqa: SLF001


async def make_ann(call: Call) -> int:
    made = await operations.create_user(call, username="Ann", name="安", password=PASSWORD, roles=["BUYER"])
    return made.user_id


ann = begun(make_ann)
