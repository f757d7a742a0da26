"""What trade says in the book of accounts: what was sold is earned and owed, with its tax; what was bought is owed."""

from collections.abc import Iterator, Sequence

from jxc_graphql.books.accounts.ledger import EntryLine
from jxc_graphql.books.accounts.roles import AccountRole
from jxc_graphql.books.goods.ledger import Move, Posted
from jxc_graphql.books.trade.rules import SUPPLIERS
from jxc_graphql.books.trades import Trade
from jxc_graphql.kit.numbers import Money
from jxc_graphql.masters.warehouses.places import VirtualPlace


def of_sold(sold: Trade, moves: Sequence[Move]) -> Iterator[EntryLine]:
    """What customers owe, with tax, is earned without it; the tax waits until it is due (待转销项税额)."""
    goods = {move.line_id: move.level_key for move in moves}
    for line_id, amounts in sold.amounts.items():
        sku_id, warehouse_id = goods[line_id]
        for role, amount in (
            (AccountRole.RECEIVABLE, amounts.gross),
            (AccountRole.REVENUE, -amounts.net),
            (AccountRole.OUTPUT_TAX_PENDING, -amounts.tax),
        ):
            is_revenue = role is AccountRole.REVENUE
            yield EntryLine(
                role=role,
                amount=amount,
                sku_id=sku_id if is_revenue else None,
                warehouse_id=warehouse_id,
                customer_id=sold.partner_id,
                seller_id=sold.seller_id if is_revenue else None,
            )


def of_bought(bought: Trade, moves: Sequence[Move], posted: Posted) -> Iterator[EntryLine]:
    """By how much more is owed for goods, without tax, than movements say: what goes back may cost something else.

    Of goods that are replaced for nothing we are owed others (在途物资); a fee for work becomes part of what is made.
    """
    goods = {move.line_id: move.level_key for move in moves}
    worth, made = dict.fromkeys(bought.amounts, Money(0)), set[int]()
    for each in posted.carried:
        line_id, target_id = each.leg.move.line_id, each.leg.move.to_place_id
        way = SUPPLIERS.way(each.leg.from_place_id, target_id)
        if line_id in worth and way:
            worth[line_id] += each.value if way == SUPPLIERS.usual else -each.value
        if VirtualPlace.ASSEMBLY in {each.leg.from_place_id, target_id}:
            made.add(line_id)
    for line_id, amounts in bought.amounts.items():
        more, (sku_id, warehouse_id) = amounts.net - worth[line_id], goods[line_id]
        replaced = AccountRole.COST if amounts.net else AccountRole.GOODS_ON_WAY
        counter = AccountRole.ASSEMBLY if line_id in made else replaced
        for role, amount in ((AccountRole.PAYABLE_ESTIMATED, -more), (counter, more)):
            supplier_id = bought.partner_id if role is AccountRole.PAYABLE_ESTIMATED else None
            yield EntryLine(role=role, amount=amount, sku_id=sku_id, warehouse_id=warehouse_id, supplier_id=supplier_id)


def of_accrued(accrued: Money, moves: Sequence[Move]) -> Iterator[EntryLine]:
    """What work cost that became part of what was made, and nobody is owed by name."""
    if accrued:
        sku_id, warehouse_id = moves[0].level_key
        for role, amount in ((AccountRole.ASSEMBLY, accrued), (AccountRole.ACCRUED, -accrued)):
            yield EntryLine(role=role, amount=amount, sku_id=sku_id, warehouse_id=warehouse_id)
