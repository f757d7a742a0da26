"""What `jxc demo` shows: sample data that ends yesterday, somebody to sign in as, and how that is kept.

Who signs in, with which password and which token stands in a file beside the data, readable by its owner only, so that
a demo that is started again is the same one: signed in pages stay signed in.
"""

import locale
import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec

from jxc_graphql.exchange.loading import LoadSummary, Progress
from jxc_graphql.exchange.operations import load
from jxc_graphql.exchange.shop import SAMPLES, read_shop
from jxc_graphql.exchange.staging import stage
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.db.emptying import empty
from jxc_graphql.kit.errors import DomainError, Unauthenticated
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.queries import call_of_token, call_of_user, user_id_of

USER, LOADER = "demo", "sample-data"
TOKEN_DAYS = 30
FILE = "demo-sign-in.json"


class Sample(StrEnum):
    """What to load."""

    CN = "cn"
    NORTHWIND = "northwind"


def usual_sample(environment: Mapping[str, str]) -> Sample:
    """The Chinese shop where the language of the system is Chinese, else Northwind."""
    told = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), None)
    language = told or locale.getlocale()[0] or ""
    return Sample.CN if language.lower().startswith(("zh", "chinese")) else Sample.NORTHWIND


class Kept(msgspec.Struct, kw_only=True):
    """What a demo is: which sample it holds until the end of which day, and how to sign in."""

    sample: Sample
    through: date
    password: str
    token: str = ""


class AnotherSample(DomainError):
    """The demo that is there holds something else than was asked for."""


class NoDemo(DomainError):
    """The database is not one that `jxc demo` made, so it is not thrown away."""


class Demo:
    """The demo of some settings, and the file in which it is kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file = settings.data_dir / FILE

    def clear(self) -> None:
        """Throws what is there away; raises `NoDemo` where it was not made by a demo."""
        path = db.sqlite_path(self._settings.database_url)
        if self._kept() is None and (path is None or Path(path).exists()):
            raise NoDemo(f"{self._file} is not there: this database was not made by jxc demo, so it is left alone")
        empty(self._settings)
        self._file.unlink(missing_ok=True)

    async def prepare(self, asked: Sample | None, usual: Sample, report: Progress) -> tuple[Kept, LoadSummary | None]:
        """Loads what is asked for, unless that was done; what somebody interrupted is loaded to its end.

        Raises `AnotherSample` where something else is there.
        """
        kept = self._kept() or Kept(
            sample=asked or usual,
            through=clock.day_of(clock.now()) - timedelta(days=1),
            password=secrets.token_urlsafe(9),
        )
        if asked not in {None, kept.sample}:
            raise AnotherSample(f"the demo that is there holds {kept.sample}; --fresh makes it anew with {asked}")
        self._keep(kept)
        known = await user_id_of(USER)
        summary = None if known is not None else await self._load(kept, report)
        user_id = known or await self._sign_up(kept)
        if not await auth.is_password(USER, kept.password):
            await auth.change_password(auth.system_call(), user_id=user_id, new_password=kept.password)
        if not await self._is_good(kept.token):
            issued = await auth.create_api_token(
                auth.system_call(), user_id=user_id, name="jxc demo", expires_in_days=TOKEN_DAYS
            )
            kept.token = issued.token
            self._keep(kept)
        return kept, summary

    async def _load(self, kept: Kept, report: Progress) -> LoadSummary:
        if await user_id_of(LOADER) is None:
            await auth.create_user(auth.system_call(), username=LOADER, name="Sample data", roles=["ADMIN"])
        call = await call_of_user(await user_id_of(LOADER) or 0)
        shop = read_shop(SAMPLES / f"{kept.sample}.toml")
        if kept.sample is not Sample.NORTHWIND:
            return await stage(call, shop, kept.through, report)
        history = await load(call, report, through=kept.through)
        return history.with_more(await stage(call, shop, kept.through, report))

    async def _sign_up(self, kept: Kept) -> int:
        made = await auth.create_user(
            auth.system_call(),
            username=USER,
            name="Demo",
            roles=["ADMIN"],
            password=kept.password,
            locale="zh-CN" if kept.sample is Sample.CN else "en",
        )
        return made.user_id

    async def _is_good(self, token: str) -> bool:
        try:
            await call_of_token(token, locale=None, request_id="")
        except Unauthenticated:
            return False
        return True

    def _kept(self) -> Kept | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Kept)
        except FileNotFoundError:
            return None

    def _keep(self, kept: Kept) -> None:
        beside = self._file.with_suffix(".new")
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.touch(mode=0o600)
        beside.write_bytes(msgspec.json.encode(kept))
        beside.replace(self._file)
