"""What happened to the settings of the company."""

from typing import ClassVar

import msgspec

from jxc_graphql.kit.journal import Fact


class SettingChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a setting was and is, as it is written."""

    name: str
    before: str
    after: str


class CompanySetUp(Fact, frozen=True, kw_only=True):
    """The company has settings for the first time, or others before anything was recorded under them."""

    subject: ClassVar[str] = "company_id"
    company_id: int
    settings: dict[str, str]


class CompanyUpdated(Fact, frozen=True, kw_only=True):
    """Somebody changed settings."""

    subject: ClassVar[str] = "company_id"
    company_id: int
    version: int
    changes: tuple[SettingChange, ...]
