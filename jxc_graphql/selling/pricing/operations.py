"""Keeping price lists, promotions and minimum prices."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Annotated

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, changed, save, save_coded, to_change
from jxc_graphql.kit.errors import Conflict, NotFound, Reason, UnknownId, reject_if
from jxc_graphql.kit.numbers import Money, Quantity, Ratio
from jxc_graphql.kit.versions import VersionedModel
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.categories import queries as categories
from jxc_graphql.masters.currencies import queries as currencies
from jxc_graphql.masters.currencies.rules import check_known
from jxc_graphql.masters.customer_levels import queries as levels
from jxc_graphql.masters.partners import queries as partners
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents import references
from jxc_graphql.office.documents.operations import business_date
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.selling.pricing import checks, facts
from jxc_graphql.selling.pricing.checks import AskedListPrice, AskedMinimumPrice
from jxc_graphql.selling.pricing.models import (
    MANAGE_PRICES,
    ListPrice,
    MinimumPrice,
    PriceList,
    Promotion,
    PromotionKind,
    PromotionStep,
)

_NO_RATIO, _NO_MONEY, _NO_QUANTITY = Ratio(0), Money(0), Quantity(0)
Code = Annotated[str, "Code (编码), unique, up to 40 characters."]
Name = Annotated[str, "Name (名称), up to 100 characters."]
OtherName = Annotated[Change[str], "Name (名称), up to 100 characters."]
OfCurrency = Annotated[str | None, "In which currency it is (币种), as ISO 4217 has it; by default that of the books."]
WithTax = Annotated[bool, "Whether its amounts have the tax in them (含税); it is for orders whose prices have it too."]
OfLevel = Annotated[int | None, "For customers of this level alone (客户等级)."]
OfBranch = Annotated[int | None, "For what leaves from warehouses of this branch alone (门店)."]
Turn = Annotated[int, "Which of several comes first (优先级), 0 to 1000: the larger."]
OtherTurn = Annotated[Change[int], "Which of several comes first (优先级), 0 to 1000: the larger."]
From = Annotated[date | None, "The first day on which it holds (生效日期); by default today."]
To = Annotated[date | None, "The last day on which it holds (失效日期); by default it has no end."]
OtherFrom = Annotated[Change[date], "The first day on which it holds (生效日期)."]
OtherTo = Annotated[Change[date | None], "The last day on which it holds (失效日期); null: it has no end."]
Active = Annotated[Change[bool], "Whether it holds at all (启用)."]


@posting(MANAGE_PRICES)
async def create_price_list(
    call: Call,
    *,
    code: Code,
    name: Name,
    currency: OfCurrency = None,
    prices_include_tax: WithTax = False,
    customer_id: Annotated[int | None, "For this customer alone."] = None,
    level_id: OfLevel = None,
    branch_id: OfBranch = None,
    priority: Turn = 0,
    starts_on: From = None,
    ends_on: To = None,
) -> facts.PriceListCreated:
    """Makes a price list (新建价目表), without prices: of a customer, a level or a branch, else of everybody.

    Raises `Rejected` with everything that is wrong with it.
    """
    first = starts_on or business_date(call)
    base, codes = (await company.settled()).currency, await currencies.codes()
    is_seen = customer_id is None or await partners.customer(call, customer_id)
    reject_if([
        *checks.check_named(code, name, priority), *checks.check_days(first, ends_on),
        *check_known(currency, codes, ("currency",)), *await levels.unknown(level_id),
        *await _unknown_branch(branch_id),
        *([] if is_seen else [UnknownId(path=("customer_id",), kind="Customer")]),
    ])  # fmt: skip
    made = PriceList(
        currency=currency or base, prices_include_tax=prices_include_tax, customer_id=customer_id, level_id=level_id,
        branch_id=branch_id, priority=priority, starts_on=first, ends_on=ends_on,
    )  # fmt: skip
    await save_coded(made, call, changed(made, code=code, name=name), found_by=())
    return facts.PriceListCreated(price_list_id=made.id)


@posting(MANAGE_PRICES)
async def update_price_list(
    call: Call,
    *,
    price_list_id: int,
    name: OtherName = UNSET,
    priority: OtherTurn = UNSET,
    starts_on: OtherFrom = UNSET,
    ends_on: OtherTo = UNSET,
    is_active: Active = UNSET,
    expected_version: int | None = None,
) -> facts.PriceListUpdated:
    """Renames a price list, or says when it holds (修改价目表); orders keep the prices that they have.

    Raises `Rejected` with everything that is wrong with it.
    """
    known = await _list(call, price_list_id)
    reject_if(
        [*checks.check_named(UNSET, name, priority), *checks.later(known.starts_on, starts_on, known.ends_on, ends_on)]
    )
    fact = facts.PriceListUpdated(price_list_id=price_list_id)
    told = {"name": name, "priority": priority, "starts_on": starts_on, "ends_on": ends_on, "is_active": is_active}
    await save(known, call, to_change(known, fact, expected_version, **told))
    return fact


@posting(MANAGE_PRICES)
async def delete_price_list(
    call: Call, *, price_list_id: int, expected_version: int | None = None
) -> facts.PriceListDeleted:
    """Deletes a price list by which nothing was sold, with its prices (删除价目表)."""
    await _list(call, price_list_id)
    gone = await references.delete(
        call, PriceList, price_list_id, ("price_list_id",),
        owned={ListPrice: "price_list_id"}, expected_version=expected_version,
    )  # fmt: skip
    return facts.PriceListDeleted(price_list_id=price_list_id, code=gone.code)


@posting(MANAGE_PRICES)
async def set_list_prices(
    call: Call, *, price_list_id: int, prices: Annotated[Sequence[AskedListPrice], "Prices, at most 500; others stay."]
) -> facts.ListPricesSet:
    """Sets what a price list asks for SKUs (维护价目): all lines or none; the unit of a price stays unless it is given.

    Raises `Rejected` with everything that is wrong, and `Conflict` at another version than was seen.
    """
    reject_if(checks.check_count("prices", len(prices)))
    await _list(call, price_list_id)
    sku_ids = {price.sku_id for price in prices}
    goods, units, rows = await db.together(
        catalog.skus(sku_ids),
        catalog.skus_of_units({price.sku_unit_id for price in prices if isinstance(price.sku_unit_id, int)}),
        _prices_of(price_list_id, sku_ids),
    )
    reject_if(checks.check_list_prices(prices, goods, units))
    known = [rows.get((price.sku_id, price.from_quantity)) for price in prices]
    if stale := [*checks.check_versions(prices, known)]:
        raise Conflict(*stale)
    made = {
        index: ListPrice(
            price_list_id=price_list_id,
            sku_id=price.sku_id,
            from_quantity=price.from_quantity,
            unit_id=price.sku_unit_id or None,
            unit_price=price.unit_price,
            updated_at=call.at,
        )
        for index, (price, old) in enumerate(zip(prices, known, strict=True))
        if old is None
    }
    await _save_all(
        call,
        [
            (old, changed(old, unit_price=price.unit_price, unit_id=price.sku_unit_id))
            for price, old in zip(prices, known, strict=True)
            if old
        ],
    )
    told = tuple((old or made[index]).id for index, old in enumerate(known))
    db.insert_later([*made.values()])
    return facts.ListPricesSet(price_list_id=price_list_id, list_price_ids=told)


@posting(MANAGE_PRICES)
async def remove_list_prices(
    call: Call, *, price_list_id: int, sku_ids: Annotated[Sequence[int], "SKUs, at most 500."]
) -> facts.ListPricesRemoved:
    """Forgets what a price list asks for SKUs (删除价目), from whatever quantity on."""
    reject_if(checks.check_count("sku_ids", len(sku_ids)))
    await _list(call, price_list_id)
    await ListPrice.filter(price_list_id=price_list_id, sku_id__in=[*sku_ids]).delete()
    return facts.ListPricesRemoved(price_list_id=price_list_id, sku_ids=tuple(sku_ids))


@posting(MANAGE_PRICES)
async def create_promotion(
    call: Call,
    *,
    code: Code,
    name: Name,
    step: Annotated[PromotionStep, "Of what it takes something off."],
    kind: Annotated[PromotionKind, "How much it takes off."],
    combines: Annotated[bool, "Whether it is given together with others of its step that say so too (可叠加)."] = False,
    percent: Annotated[Ratio, "The share that is taken off (折扣率), such as 0.1."] = _NO_RATIO,
    amount: Annotated[Money, "What is taken off (立减), of a line for each base unit, of a document once."] = _NO_MONEY,
    minimum_quantity: Annotated[Quantity, "From how many base units of a SKU on (起订数量)."] = _NO_QUANTITY,
    minimum_amount: Annotated[Money, "From what amount on (满额), before any promotion of its step."] = _NO_MONEY,
    buy_quantity: Annotated[Quantity, "Of how many that are bought (买), in base units of a SKU …"] = _NO_QUANTITY,
    free_quantity: Annotated[Quantity, "… how many more are free (赠)."] = _NO_QUANTITY,
    sku_id: Annotated[int | None, "For this SKU alone."] = None,
    category_id: Annotated[int | None, "For goods of this category, and of those below it, alone (分类)."] = None,
    currency: OfCurrency = None,
    prices_include_tax: WithTax = False,
    level_id: OfLevel = None,
    branch_id: OfBranch = None,
    priority: Turn = 0,
    starts_on: From = None,
    ends_on: To = None,
) -> facts.PromotionCreated:
    """Makes a promotion (新建促销): what it takes off never changes.

    Raises `Rejected` with everything that is wrong with it.
    """
    first = starts_on or business_date(call)
    base, codes = (await company.settled()).currency, await currencies.codes()
    said = {
        "percent": percent, "amount": amount, "minimum_quantity": minimum_quantity, "minimum_amount": minimum_amount,
        "buy_quantity": buy_quantity, "free_quantity": free_quantity,
    }  # fmt: skip
    goods = {} if sku_id is None else await catalog.skus([sku_id])
    is_known = category_id is None or await categories.known(category_id)
    reject_if([
        *checks.check_named(code, name, priority), *checks.check_days(first, ends_on),
        *checks.check_promotion(step, kind, said), *check_known(currency, codes, ("currency",)),
        *await levels.unknown(level_id), *await _unknown_branch(branch_id),
        *([] if sku_id is None or sku_id in goods else [UnknownId(path=("sku_id",), kind="Sku")]),
        *([] if is_known else [UnknownId(path=("category_id",), kind="Category")]),
    ])  # fmt: skip
    made = Promotion(
        step=step, kind=kind, combines=combines, sku_id=sku_id, category_id=category_id, currency=currency or base,
        prices_include_tax=prices_include_tax, level_id=level_id, branch_id=branch_id, priority=priority,
        starts_on=first, ends_on=ends_on, **said,
    )  # fmt: skip
    await save_coded(made, call, changed(made, code=code, name=name), found_by=())
    return facts.PromotionCreated(promotion_id=made.id)


@posting(MANAGE_PRICES)
async def update_promotion(
    call: Call,
    *,
    promotion_id: int,
    name: OtherName = UNSET,
    priority: OtherTurn = UNSET,
    starts_on: OtherFrom = UNSET,
    ends_on: OtherTo = UNSET,
    is_active: Active = UNSET,
    expected_version: int | None = None,
) -> facts.PromotionUpdated:
    """Renames a promotion, or says when it holds (修改促销); orders keep what it gave them.

    Raises `Rejected` with everything that is wrong with it.
    """
    known = await Promotion.select_for_update(no_key=True).get_or_none(id=promotion_id)
    if known is None:
        raise NotFound(UnknownId(path=("promotion_id",), kind="Promotion"))
    reject_if(
        [*checks.check_named(UNSET, name, priority), *checks.later(known.starts_on, starts_on, known.ends_on, ends_on)]
    )
    fact = facts.PromotionUpdated(promotion_id=promotion_id)
    told = {"name": name, "priority": priority, "starts_on": starts_on, "ends_on": ends_on, "is_active": is_active}
    await save(known, call, to_change(known, fact, expected_version, **told))
    return fact


@posting(MANAGE_PRICES)
async def set_minimum_prices(
    call: Call, *, prices: Annotated[Sequence[AskedMinimumPrice], "Prices, at most 500; those of other SKUs stay."]
) -> facts.MinimumPricesSet:
    """Sets for how much SKUs are to be sold at least (维护最低售价): all lines or none.

    Raises `Rejected` with everything that is wrong, and `Conflict` at another version than was seen.
    """
    reject_if(checks.check_count("prices", len(prices)))
    sku_ids = {price.sku_id for price in prices}
    reject_if(checks.check_minimum_prices(prices, await catalog.skus(sku_ids)))
    rows = {one.sku_id: one for one in await MinimumPrice.select_for_update(no_key=True).filter(sku_id__in=[*sku_ids])}
    known = [rows.get(price.sku_id) for price in prices]
    if stale := [*checks.check_versions(prices, known)]:
        raise Conflict(*stale)
    made = [
        MinimumPrice(sku_id=price.sku_id, net_price=price.net_price, updated_at=call.at)
        for price, old in zip(prices, known, strict=True) if old is None
    ]  # fmt: skip
    await _save_all(
        call, [(old, changed(old, net_price=one.net_price)) for one, old in zip(prices, known, strict=True) if old]
    )
    db.insert_later(made)
    by_sku = {one.sku_id: one.id for one in (*rows.values(), *made)}
    price_ids = tuple(by_sku[price.sku_id] for price in prices)
    return facts.MinimumPricesSet(minimum_price_id=price_ids[0], minimum_price_ids=price_ids)


async def _save_all(call: Call, rows: Sequence[tuple[VersionedModel, dict[str, object]]]) -> None:
    """Saves those of the rows that say something else now, each as its next version."""
    for row, changes in rows:
        if changes:
            await save(row, call, changes)


async def _list(call: Call, price_list_id: int) -> PriceList:
    known = await PriceList.select_for_update(no_key=True).get_or_none(id=price_list_id)
    if known is None or (known.customer_id is not None and not call.sees(Dimension.CUSTOMER, known.customer_id)):
        raise NotFound(UnknownId(path=("price_list_id",), kind="PriceList"))
    return known


async def _prices_of(price_list_id: int, sku_ids: Collection[int]) -> dict[tuple[int, Quantity], ListPrice]:
    found = await ListPrice.filter(price_list_id=price_list_id, sku_id__in=[*sku_ids])
    return {(one.sku_id, one.from_quantity): one for one in found}


async def _unknown_branch(branch_id: int | None) -> list[Reason]:
    known = branch_id is None or await db.fetch("SELECT 1 FROM branch WHERE id = ?", (branch_id,))
    return [] if known else [UnknownId(path=("branch_id",), kind="Branch")]
