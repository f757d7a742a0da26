"""The settings of a company as values, and those that a process was told from outside."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from jxc_graphql.kit.clock import USUAL, Calendar
from jxc_graphql.kit.numbers import InvalidNumber, Money, Quantity, UnitPrice
from jxc_graphql.kit.settings import SettingsError


class ValuationMethod(StrEnum):
    """What goods cost that leave a warehouse (计价方法)."""

    MOVING_AVERAGE = "MOVING_AVERAGE"
    """Their share of what all goods on hand cost (移动平均)."""
    FIFO = "FIFO"
    """What the goods cost that came in first (先进先出)."""


class ConsignedTurn(StrEnum):
    """When goods that suppliers have with us go, where ours would do as well (代销顺序)."""

    FIRST = "FIRST"
    """Before ours (先出代销)."""
    LAST = "LAST"
    """After ours (先出自有)."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants some settings to be; None leaves one as it is."""

    time_zone: str | None = None
    currency: str | None = None
    valuation: ValuationMethod | None = None
    adjustment_threshold: Money | None = None
    expiry_alert_days: int | None = None
    dead_stock_days: int | None = None
    books_open_on: date | None = None
    name: str | None = None
    address: str | None = None
    phone: str | None = None
    file_megabytes: int | None = None
    files_megabytes: int | None = None
    consigned_turn: ConsignedTurn | None = None


UNTOLD = ("name", "address", "phone", "file_megabytes", "files_megabytes", "consigned_turn")
"""What gives nothing another meaning: the head of its papers, how much room files have, whose goods go first."""
NAMES = tuple(name for name in Choice.__struct_fields__ if name not in UNTOLD)
"""The settings that a process may be told of, by `jxc.toml` and `JXC_…`: as long as nothing is in the database they
are written there, afterwards they are held against it."""
PLACES = {"quantity_places": Quantity.places, "money_places": Money.places, "unit_price_places": UnitPrice.places}
"""The decimal places with which this program reads and writes numbers."""


class CompanySettings(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, at one version."""

    version: int = 1
    zones: tuple[tuple[date, str], ...] = USUAL.zones
    currency: str = "CNY"
    valuation: ValuationMethod = ValuationMethod.MOVING_AVERAGE
    adjustment_threshold: Money = Money.of("1000")
    expiry_alert_days: int = 30
    dead_stock_days: int = 90
    books_open_on: date = date(2000, 1, 1)
    name: str = ""
    address: str = ""
    phone: str = ""
    file_megabytes: int = 0
    files_megabytes: int = 0
    consigned_turn: ConsignedTurn = ConsignedTurn.LAST
    numbering: int = 0
    """How often the rules changed by which documents are numbered."""
    quantity_places: int = Quantity.places
    money_places: int = Money.places
    unit_price_places: int = UnitPrice.places

    @property
    def calendar(self) -> Calendar:
        """How its days are counted."""
        return Calendar(*self.zones)

    def told(self) -> dict[str, str]:
        """What each says, as text, by its name."""
        zones = (zone if first == date.min else f"{zone} from {first} on" for first, zone in self.zones)
        return {"time_zone": ", ".join(zones)} | {name: str(getattr(self, name)) for name in PLAIN}


PLAIN = tuple(name for name in Choice.__struct_fields__ if name != "time_zone")
"""The settings that have one value at a time."""


def read(told: Mapping[str, object]) -> Choice:
    """The settings that a process was told; raises `SettingsError` for a value that cannot be."""
    try:
        return msgspec.convert(dict(told), Choice, strict=False, dec_hook=_number)
    except msgspec.ValidationError as error:
        raise SettingsError(str(error)) from error


def chosen(choice: Choice) -> Iterator[tuple[str, Any]]:
    """The settings that somebody chose, by name, but for the time zone."""
    return ((name, value) for name in PLAIN if (value := getattr(choice, name)) is not None)


def _number(kind: type, value: Any) -> Any:
    try:
        return kind.of(value) if kind is Money else kind(value)
    except InvalidNumber as error:
        raise ValueError(str(error)) from error
