"""What happened to the settings of the company."""

from typing import ClassVar

import msgspec

from jxc_graphql.kit.journal import BEGUN_ANEW, Fact


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


class CopyBegan(Fact, frozen=True, kw_only=True):
    """This database goes its own way from here on: it was restored from a backup."""

    subject: ClassVar[str] = "company_id"
    means = BEGUN_ANEW
    company_id: int
    in_its_place: bool
    """Whether the original is gone; else both live beside each other."""
    tokens_ended: int
