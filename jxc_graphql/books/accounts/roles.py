"""What accounts are for: the words in which the books say debit and credit, whatever the codes of a chart are."""

from enum import StrEnum

from jxc_graphql.masters.warehouses.places import PlaceKind


class AccountRole(StrEnum):
    """What an account is for (科目角色): entries that follow from documents name it, and the chart says the code."""

    CASH = "CASH"
    """Cash in hand (库存现金)."""
    BANK = "BANK"
    """Money at banks (银行存款)."""
    OTHER_MONEY = "OTHER_MONEY"
    """Money elsewhere (其他货币资金)."""
    RECEIVABLE = "RECEIVABLE"
    """What customers owe (应收账款)."""
    ADVANCE_OUT = "ADVANCE_OUT"
    """What suppliers were paid ahead (预付账款)."""
    OTHER_RECEIVABLE = "OTHER_RECEIVABLE"
    """What others owe (其他应收款)."""
    GOODS_ON_WAY = "GOODS_ON_WAY"
    """Goods that suppliers owe us (在途物资), such as replacements."""
    STOCKS = "STOCKS"
    """All goods (库存商品): the heading of the next three."""
    STOCK = "STOCK"
    """Goods in warehouses (在库商品)."""
    STOCK_IN_TRANSIT = "STOCK_IN_TRANSIT"
    """Goods on the road between warehouses (调拨在途)."""
    STOCK_LENT = "STOCK_LENT"
    """Goods of ours with partners (借出与委外商品)."""
    PENDING_LOSS = "PENDING_LOSS"
    """What counts found missing or too much, and what was scrapped, until it is decided on (待处理财产损溢)."""
    PAYABLES = "PAYABLES"
    """All that suppliers are owed (应付账款): the heading of the next two."""
    PAYABLE = "PAYABLE"
    """What suppliers are owed by invoices and besides goods (已开票应付)."""
    PAYABLE_ESTIMATED = "PAYABLE_ESTIMATED"
    """What goods come to that were not invoiced yet, without tax (暂估应付)."""
    ADVANCE_IN = "ADVANCE_IN"
    """What customers paid ahead (预收账款)."""
    PAYROLL = "PAYROLL"
    """What employees are owed (应付职工薪酬)."""
    TAXES = "TAXES"
    """All taxes (应交税费): the heading of those that follow."""
    VAT = "VAT"
    """Value-added tax (应交增值税): a heading too."""
    INPUT_TAX = "INPUT_TAX"
    """Of what was bought (进项税额)."""
    OUTPUT_TAX = "OUTPUT_TAX"
    """Of what was sold (销项税额)."""
    INPUT_TAX_OUT = "INPUT_TAX_OUT"
    """What of it may not be deducted any more (进项税额转出)."""
    INPUT_TAX_PENDING = "INPUT_TAX_PENDING"
    """What was bought and not certified yet (待认证进项税额)."""
    OUTPUT_TAX_PENDING = "OUTPUT_TAX_PENDING"
    """Of goods that left before their tax is due (待转销项税额)."""
    OTHER_PAYABLE = "OTHER_PAYABLE"
    """What others are owed (其他应付款)."""
    ACCRUED = "ACCRUED"
    """What goods were charged with and nobody has invoiced (应计费用)."""
    CAPITAL = "CAPITAL"
    """What the owners paid in (实收资本)."""
    SURPLUS = "SURPLUS"
    """Reserves of profit (盈余公积)."""
    PROFIT_YEAR = "PROFIT_YEAR"
    """The profit of this year (本年利润)."""
    RETAINED = "RETAINED"
    """Profit that was not distributed (未分配利润)."""
    OPENING = "OPENING"
    """The other side of what was there when the books began (期初平衡); 0 once all of it is entered."""
    ASSEMBLY = "ASSEMBLY"
    """Goods while others are made of them (生产成本)."""
    REVENUE = "REVENUE"
    """What goods were sold for (主营业务收入)."""
    OTHER_REVENUE = "OTHER_REVENUE"
    """What else was sold (其他业务收入)."""
    NON_OPERATING_IN = "NON_OPERATING_IN"
    """Income of no business (营业外收入)."""
    COSTS = "COSTS"
    """All that goods cost that are gone (主营业务成本): the heading of the next two."""
    COST = "COST"
    """What goods cost that were sold (销售成本)."""
    REVALUATION = "REVALUATION"
    """By how much goods on hand were worth more or less all at once (成本调整损益)."""
    OTHER_COST = "OTHER_COST"
    """What else cost that was sold (其他业务成本)."""
    TAX_SURCHARGE = "TAX_SURCHARGE"
    """Taxes that follow from sales (税金及附加)."""
    SELLING = "SELLING"
    """What selling costs (销售费用)."""
    ADMIN = "ADMIN"
    """What running the company costs (管理费用)."""
    FINANCE = "FINANCE"
    """What money costs (财务费用), odd fen that are waived included."""
    EXCHANGE = "EXCHANGE"
    """What exchange rates brought or took (汇兑损益)."""
    NON_OPERATING_OUT = "NON_OPERATING_OUT"
    """Losses of no business (营业外支出)."""
    INCOME_TAX = "INCOME_TAX"
    """Tax on profit (所得税费用)."""


ROLE_OF_PLACE = {
    PlaceKind.STOCK: AccountRole.STOCK,
    PlaceKind.QUALITY: AccountRole.STOCK,
    PlaceKind.DAMAGED: AccountRole.STOCK,
    PlaceKind.TRANSIT: AccountRole.STOCK_IN_TRANSIT,
    PlaceKind.LENT: AccountRole.STOCK_LENT,
    PlaceKind.CONSIGNED: AccountRole.PAYABLE_ESTIMATED,
    PlaceKind.SUPPLIER: AccountRole.PAYABLE_ESTIMATED,
    PlaceKind.CUSTOMER: AccountRole.COST,
    PlaceKind.VARIANCE: AccountRole.PENDING_LOSS,
    PlaceKind.SCRAP: AccountRole.PENDING_LOSS,
    PlaceKind.OPENING: AccountRole.OPENING,
    PlaceKind.ASSEMBLY: AccountRole.ASSEMBLY,
}
"""The one table by which every movement of goods is one of money: where goods go is debited, whence they come credited.

A supplier's goods are worth nothing while they are his; what is sold or used of them is owed for at their price.
"""
