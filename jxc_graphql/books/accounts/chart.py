"""The accounts that every company begins with, by the standard that it follows.

Codes of the first level are those of the standards; those below are the company's own, and an accountant has to confirm
them. Both charts have the same roles, so what documents say in roles is right under either.
"""

from collections.abc import Iterator

import msgspec

from jxc_graphql.books.accounts.models import AccountingStandard, AccountKind
from jxc_graphql.books.accounts.roles import AccountRole

R, K = AccountRole, AccountKind


class ChartAccount(msgspec.Struct, frozen=True):
    """An account of both charts: what it is for, its code in each, the heading it stands below, and its names."""

    role: AccountRole
    small: str
    enterprise: str
    kind: AccountKind
    below: AccountRole | None
    name: str
    name_en: str

    def code(self, standard: AccountingStandard) -> str:
        """Its code."""
        return self.small if standard is AccountingStandard.SMALL else self.enterprise


CHART = (
    ChartAccount(R.CASH, "1001", "1001", K.ASSET, None, "库存现金", "Cash on hand"),
    ChartAccount(R.BANK, "1002", "1002", K.ASSET, None, "银行存款", "Bank deposits"),
    ChartAccount(R.OTHER_MONEY, "1012", "1012", K.ASSET, None, "其他货币资金", "Other monetary funds"),
    ChartAccount(R.RECEIVABLE, "1122", "1122", K.ASSET, None, "应收账款", "Accounts receivable"),
    ChartAccount(R.ADVANCE_OUT, "1123", "1123", K.ASSET, None, "预付账款", "Advances to suppliers"),
    ChartAccount(R.OTHER_RECEIVABLE, "1221", "1221", K.ASSET, None, "其他应收款", "Other receivables"),
    ChartAccount(R.GOODS_ON_WAY, "1402", "1402", K.ASSET, None, "在途物资", "Goods on the way"),
    ChartAccount(R.STOCKS, "1405", "1405", K.ASSET, None, "库存商品", "Merchandise"),
    ChartAccount(R.STOCK, "140501", "140501", K.ASSET, R.STOCKS, "在库商品", "Goods in warehouses"),
    ChartAccount(R.STOCK_IN_TRANSIT, "140502", "140502", K.ASSET, R.STOCKS, "调拨在途", "Goods between warehouses"),
    ChartAccount(R.STOCK_LENT, "140503", "140503", K.ASSET, R.STOCKS, "借出与委外商品", "Goods with partners"),
    ChartAccount(R.PENDING_LOSS, "1901", "1901", K.ASSET, None, "待处理财产损溢", "Losses and gains to be decided on"),
    ChartAccount(R.PAYABLES, "2202", "2202", K.LIABILITY, None, "应付账款", "Accounts payable"),
    ChartAccount(R.PAYABLE, "220201", "220201", K.LIABILITY, R.PAYABLES, "已开票应付", "Payables, invoiced"),
    ChartAccount(R.PAYABLE_ESTIMATED, "220202", "220202", K.LIABILITY, R.PAYABLES, "暂估应付", "Payables, estimated"),
    ChartAccount(R.ADVANCE_IN, "2203", "2203", K.LIABILITY, None, "预收账款", "Advances from customers"),
    ChartAccount(R.PAYROLL, "2211", "2211", K.LIABILITY, None, "应付职工薪酬", "Payroll payable"),
    ChartAccount(R.TAXES, "2221", "2221", K.LIABILITY, None, "应交税费", "Taxes payable"),
    ChartAccount(R.VAT, "222101", "222101", K.LIABILITY, R.TAXES, "应交增值税", "VAT payable"),
    ChartAccount(R.INPUT_TAX, "22210101", "22210101", K.LIABILITY, R.VAT, "进项税额", "Input VAT"),
    ChartAccount(R.OUTPUT_TAX, "22210105", "22210105", K.LIABILITY, R.VAT, "销项税额", "Output VAT"),
    ChartAccount(
        R.INPUT_TAX_OUT, "22210107", "22210107", K.LIABILITY, R.VAT, "进项税额转出", "Input VAT transferred out"
    ),
    ChartAccount(
        R.INPUT_TAX_PENDING, "222120", "222120", K.LIABILITY, R.TAXES, "待认证进项税额", "Input VAT to be certified"
    ),
    ChartAccount(
        R.OUTPUT_TAX_PENDING, "222121", "222121", K.LIABILITY, R.TAXES, "待转销项税额", "Output VAT not yet due"
    ),
    ChartAccount(R.OTHER_PAYABLE, "2241", "2241", K.LIABILITY, None, "其他应付款", "Other payables"),
    ChartAccount(R.ACCRUED, "224101", "224101", K.LIABILITY, R.OTHER_PAYABLE, "应计费用", "Accrued costs of goods"),
    ChartAccount(R.CAPITAL, "3001", "4001", K.EQUITY, None, "实收资本", "Paid-in capital"),
    ChartAccount(R.SURPLUS, "3101", "4101", K.EQUITY, None, "盈余公积", "Surplus reserves"),
    ChartAccount(R.PROFIT_YEAR, "3103", "4103", K.EQUITY, None, "本年利润", "Profit of the year"),
    ChartAccount(R.RETAINED, "3104", "4104", K.EQUITY, None, "利润分配", "Retained earnings"),
    ChartAccount(R.OPENING, "3199", "4199", K.EQUITY, None, "期初平衡", "Opening balances"),
    ChartAccount(R.ASSEMBLY, "4001", "5001", K.COST, None, "生产成本", "Cost of production"),
    ChartAccount(R.REVENUE, "5001", "6001", K.INCOME, None, "主营业务收入", "Revenue"),
    ChartAccount(R.OTHER_REVENUE, "5051", "6051", K.INCOME, None, "其他业务收入", "Other revenue"),
    ChartAccount(R.NON_OPERATING_IN, "5301", "6301", K.INCOME, None, "营业外收入", "Non-operating income"),
    ChartAccount(R.COSTS, "5401", "6401", K.EXPENSE, None, "主营业务成本", "Cost of sales"),
    ChartAccount(R.COST, "540101", "640101", K.EXPENSE, R.COSTS, "销售成本", "Cost of goods sold"),
    ChartAccount(R.REVALUATION, "540102", "640102", K.EXPENSE, R.COSTS, "成本调整损益", "Revaluation of goods"),
    ChartAccount(R.OTHER_COST, "5402", "6402", K.EXPENSE, None, "其他业务成本", "Other costs of sales"),
    ChartAccount(R.TAX_SURCHARGE, "5403", "6403", K.EXPENSE, None, "税金及附加", "Taxes and surcharges"),
    ChartAccount(R.SELLING, "5601", "6601", K.EXPENSE, None, "销售费用", "Selling expenses"),
    ChartAccount(R.ADMIN, "5602", "6602", K.EXPENSE, None, "管理费用", "Administrative expenses"),
    ChartAccount(R.FINANCE, "5603", "6603", K.EXPENSE, None, "财务费用", "Finance expenses"),
    ChartAccount(R.EXCHANGE, "560301", "660301", K.EXPENSE, R.FINANCE, "汇兑损益", "Exchange differences"),
    ChartAccount(R.NON_OPERATING_OUT, "5711", "6711", K.EXPENSE, None, "营业外支出", "Non-operating expenses"),
    ChartAccount(R.INCOME_TAX, "5801", "6801", K.EXPENSE, None, "所得税费用", "Income tax"),
)
IDS = {one.role: row_id for row_id, one in enumerate(CHART, start=1)}
"""The ids under which every database has them, whichever standard it follows."""


def codes(standard: AccountingStandard) -> Iterator[tuple[AccountRole, str]]:
    """What each account is called by number."""
    return ((one.role, one.code(standard)) for one in CHART)
