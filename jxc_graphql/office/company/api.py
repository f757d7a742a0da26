"""What clients see of the company, and how they change its settings."""

from datetime import date
from typing import Any

from jxc_graphql.gql.declare import (
    Id,
    Node,
    PeriodError,
    batched,
    entity,
    input_type,
    many,
    mutation,
    payload,
    query,
    shown_as,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, given
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.company import facts, models, operations, queries, rules
from jxc_graphql.office.company.settings import Choice, ConsignedTurn, ValuationMethod


@entity(models.CompanyTimeZone)
class CompanyTimeZone:
    """A time zone of the company (时区), through which alone it is reached."""

    id: Id[Any]
    """Its id (标识), opaque and stable."""
    starts_on: date | None
    """The first day that is counted in it; null for the first zone."""
    time_zone: str
    """Its name in the IANA database, such as `Asia/Shanghai`."""


@entity(models.Company)
class Company(Node):
    """The company (公司) whose books these are: the settings that give everything its meaning. All users see them."""

    version: int
    """How often they were changed, and once more; for `expectedVersion`."""
    today: date = batched(queries.todays, "id")
    """The company's day now (今天)."""
    time_zone: str = batched(queries.time_zones_of_today, "id")
    """The time zone in which today is counted (时区)."""
    time_zones: list[CompanyTimeZone] = many("company_id", order_by="id")
    """All time zones, the first one first; one that starts on a day to come is planned."""
    currency: str
    """The currency of all amounts (本位币), as ISO 4217 has it."""
    valuation: ValuationMethod
    """What goods cost that leave, of products for which nothing else is said (计价方法)."""
    adjustment_threshold: Money
    """Money up to which goods and their cost are adjusted without approval (免审额度)."""
    expiry_alert_days: int
    """How many days before their expiry lots are told of, where no stock limit says otherwise (临期天数)."""
    dead_stock_days: int
    """After how many days without a sale goods are told of as dead stock (呆滞天数)."""
    books_open_on: date
    """The first day that a document may be of (启用日期)."""
    quantity_places: int
    """Decimal places of quantities."""
    money_places: int
    """Decimal places of amounts."""
    unit_price_places: int
    """Decimal places of prices."""
    name: str
    """Its name at the head of its papers (公司名称)."""
    address: str
    """Its address there (地址)."""
    phone: str
    """Its telephone there (电话)."""
    file_megabytes: int
    """How large a file may be that is attached (单个附件上限), in MiB; 0: as large as the installation admits."""
    files_megabytes: int
    """How large all of them may be together (附件总容量), in MiB; 0: as large as the installation admits."""
    consigned_turn: ConsignedTurn
    """Whether goods that suppliers have with us are sold and used before ours, or after (代销顺序)."""


@query(Company | None)
async def company(call: Call) -> int:
    """The company whose books these are (公司)."""
    return queries.company_id(call)


@input_type
class TimeZoneInput:
    """Another time zone, from a day on."""

    time_zone: str
    """Its name in the IANA database, such as `Asia/Shanghai`."""
    starts_on: date
    """The first day that is counted in it: after tomorrow. What was planned for this day or later ones is dropped."""


@input_type
class UpdateCompanyInput:
    """What changes of the settings; what is left out stays."""

    expected_version: int | None = None
    """The version you have seen; if there is a newer one, nothing is changed."""
    currency: Change[str] = UNSET
    """Another currency (本位币), as ISO 4217 has it; only before the first document."""
    valuation: Change[ValuationMethod] = UNSET
    """What goods cost that leave, of products made from now on (计价方法)."""
    adjustment_threshold: Change[Money] = UNSET
    """Money up to which goods and their cost are adjusted without approval (免审额度); 0: never."""
    expiry_alert_days: Change[int] = UNSET
    """How many days before their expiry lots are told of (临期天数), 0 to 3650; alerts follow within a minute."""
    dead_stock_days: Change[int] = UNSET
    """After how many days without a sale goods are told of (呆滞天数), 1 to 3650; alerts follow within a minute."""
    books_open_on: Change[date] = UNSET
    """The first day that a document may be of (启用日期); no later than the first document there is."""
    time_zone: Change[TimeZoneInput] = UNSET
    """Another time zone (时区)."""
    name: Change[str] = UNSET
    """Its name at the head of its papers (公司名称), up to 100 characters."""
    address: Change[str] = UNSET
    """Its address there (地址), up to 200 characters."""
    phone: Change[str] = UNSET
    """Its telephone there (电话), up to 40 characters."""
    file_megabytes: Change[int] = UNSET
    """How large a file may be that is attached (单个附件上限), in MiB up to 2047; 0: what the installation admits."""
    files_megabytes: Change[int] = UNSET
    """How large all of them may be together (附件总容量), in MiB up to 1048576; 0: what the installation admits."""
    consigned_turn: Change[ConsignedTurn] = UNSET
    """Whether goods that suppliers have with us are sold and used before ours, or after (代销顺序)."""


@payload
class UpdateCompanyPayload:
    """The company with its settings."""

    company: Company | None
    """The company."""


@mutation(UpdateCompanyPayload)
async def update_company(call: Call, input: UpdateCompanyInput) -> facts.CompanyUpdated:
    """Change the settings of the company (修改公司设置); needs MANAGE_COMPANY."""
    asked = given(**vars(input))
    zone = rules.TimeZoneChange(**vars(asked["time_zone"])) if "time_zone" in asked else None
    choice = Choice(**{name: asked[name] for name in Choice.__struct_fields__ if name in asked and name != "time_zone"})
    return await operations.update_company(call, choice=choice, time_zone=zone, expected_version=input.expected_version)


PROBLEMS = (
    shown_as(PeriodError, rules.BeforeBooksOpen, from_="opened_on"),
    shown_as(PeriodError, rules.TimeZoneTooSoon, from_="earliest"),
    shown_as(PeriodError, rules.DocumentBeforeBooksOpen, to="earliest"),
)
