"""Accounts, and the entries of everything that was ever moved, revalued, traded and owed: of each document its own.

So stock accounts are worth what stock is from the first day. Whose sale it was is known by the order.
"""
# ruff: noqa: S608  (statements are made of text of our own)

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from jxc_graphql.kit import columns
from jxc_graphql.kit.db.operations import Statements, append_only, by_code_points

CHART = (
    (1, "CASH", "1001", "ASSET", None, "库存现金", "Cash on hand"),
    (2, "BANK", "1002", "ASSET", None, "银行存款", "Bank deposits"),
    (3, "OTHER_MONEY", "1012", "ASSET", None, "其他货币资金", "Other monetary funds"),
    (4, "RECEIVABLE", "1122", "ASSET", None, "应收账款", "Accounts receivable"),
    (5, "ADVANCE_OUT", "1123", "ASSET", None, "预付账款", "Advances to suppliers"),
    (6, "OTHER_RECEIVABLE", "1221", "ASSET", None, "其他应收款", "Other receivables"),
    (7, "GOODS_ON_WAY", "1402", "ASSET", None, "在途物资", "Goods on the way"),
    (8, "STOCKS", "1405", "ASSET", None, "库存商品", "Merchandise"),
    (9, "STOCK", "140501", "ASSET", 8, "在库商品", "Goods in warehouses"),
    (10, "STOCK_IN_TRANSIT", "140502", "ASSET", 8, "调拨在途", "Goods between warehouses"),
    (11, "STOCK_LENT", "140503", "ASSET", 8, "借出与委外商品", "Goods with partners"),
    (12, "PENDING_LOSS", "1901", "ASSET", None, "待处理财产损溢", "Losses and gains to be decided on"),
    (13, "PAYABLES", "2202", "LIABILITY", None, "应付账款", "Accounts payable"),
    (14, "PAYABLE", "220201", "LIABILITY", 13, "已开票应付", "Payables, invoiced"),
    (15, "PAYABLE_ESTIMATED", "220202", "LIABILITY", 13, "暂估应付", "Payables, estimated"),
    (16, "ADVANCE_IN", "2203", "LIABILITY", None, "预收账款", "Advances from customers"),
    (17, "PAYROLL", "2211", "LIABILITY", None, "应付职工薪酬", "Payroll payable"),
    (18, "TAXES", "2221", "LIABILITY", None, "应交税费", "Taxes payable"),
    (19, "VAT", "222101", "LIABILITY", 18, "应交增值税", "VAT payable"),
    (20, "INPUT_TAX", "22210101", "LIABILITY", 19, "进项税额", "Input VAT"),
    (21, "OUTPUT_TAX", "22210105", "LIABILITY", 19, "销项税额", "Output VAT"),
    (22, "INPUT_TAX_OUT", "22210107", "LIABILITY", 19, "进项税额转出", "Input VAT transferred out"),
    (23, "INPUT_TAX_PENDING", "222120", "LIABILITY", 18, "待认证进项税额", "Input VAT to be certified"),
    (24, "OUTPUT_TAX_PENDING", "222121", "LIABILITY", 18, "待转销项税额", "Output VAT not yet due"),
    (25, "OTHER_PAYABLE", "2241", "LIABILITY", None, "其他应付款", "Other payables"),
    (26, "ACCRUED", "224101", "LIABILITY", 25, "应计费用", "Accrued costs of goods"),
    (27, "CAPITAL", "3001", "EQUITY", None, "实收资本", "Paid-in capital"),
    (28, "SURPLUS", "3101", "EQUITY", None, "盈余公积", "Surplus reserves"),
    (29, "PROFIT_YEAR", "3103", "EQUITY", None, "本年利润", "Profit of the year"),
    (30, "RETAINED", "3104", "EQUITY", None, "利润分配", "Retained earnings"),
    (31, "OPENING", "3199", "EQUITY", None, "期初平衡", "Opening balances"),
    (32, "ASSEMBLY", "4001", "COST", None, "生产成本", "Cost of production"),
    (33, "REVENUE", "5001", "INCOME", None, "主营业务收入", "Revenue"),
    (34, "OTHER_REVENUE", "5051", "INCOME", None, "其他业务收入", "Other revenue"),
    (35, "NON_OPERATING_IN", "5301", "INCOME", None, "营业外收入", "Non-operating income"),
    (36, "COSTS", "5401", "EXPENSE", None, "主营业务成本", "Cost of sales"),
    (37, "COST", "540101", "EXPENSE", 36, "销售成本", "Cost of goods sold"),
    (38, "REVALUATION", "540102", "EXPENSE", 36, "成本调整损益", "Revaluation of goods"),
    (39, "OTHER_COST", "5402", "EXPENSE", None, "其他业务成本", "Other costs of sales"),
    (40, "TAX_SURCHARGE", "5403", "EXPENSE", None, "税金及附加", "Taxes and surcharges"),
    (41, "SELLING", "5601", "EXPENSE", None, "销售费用", "Selling expenses"),
    (42, "ADMIN", "5602", "EXPENSE", None, "管理费用", "Administrative expenses"),
    (43, "FINANCE", "5603", "EXPENSE", None, "财务费用", "Finance expenses"),
    (44, "EXCHANGE", "560301", "EXPENSE", 43, "汇兑损益", "Exchange differences"),
    (45, "NON_OPERATING_OUT", "5711", "EXPENSE", None, "营业外支出", "Non-operating expenses"),
    (46, "INCOME_TAX", "5801", "EXPENSE", None, "所得税费用", "Income tax"),
)  # fmt: skip
"""What each is for, its code by the standard for small enterprises, its kind, below which it stands, and its names."""

_NOW = "'2026-12-01 00:00:00+00:00'"
_CHART = [
    f"INSERT INTO account_chart (id, version, updated_at, standard) VALUES (1, 1, {_NOW}, 'SMALL')",
    "INSERT INTO account (id, version, updated_at, role, code, kind, parent_id, name, name_en, is_active, search_text) VALUES "
    + ", ".join(
        f"({row_id}, 1, {_NOW}, '{role}', '{code}', '{kind}', {parent or 'NULL'}, '{name}', '{name_en}', true, '')"
        for row_id, role, code, kind, parent, name, name_en in CHART
    ),
]
_PLACES = """CASE kind WHEN 'TRANSIT' THEN 'STOCK_IN_TRANSIT' WHEN 'LENT' THEN 'STOCK_LENT'
    WHEN 'CONSIGNED' THEN 'PAYABLE_ESTIMATED' WHEN 'SUPPLIER' THEN 'PAYABLE_ESTIMATED' WHEN 'CUSTOMER' THEN 'COST'
    WHEN 'VARIANCE' THEN 'PENDING_LOSS' WHEN 'SCRAP' THEN 'PENDING_LOSS' WHEN 'OPENING' THEN 'OPENING'
    WHEN 'ASSEMBLY' THEN 'ASSEMBLY' ELSE 'STOCK' END"""
_LEGS = " UNION ALL ".join(
    f"""SELECT {_PLACES} AS role, {sign}value AS amount, document_id, business_date, posted_at,
        coalesce(place.warehouse_id, movement.warehouse_id) AS warehouse_id, sku_id,
        CASE WHEN kind = 'CONSIGNED' THEN consignment_id END AS whose_id
    FROM stock_movement AS movement JOIN place ON place.id = movement.{end}_place_id WHERE value <> 0"""
    for end, sign in (("to", ""), ("from", "-"))
)
_REVALUED = " UNION ALL ".join(
    f"""SELECT '{role}' AS role, {amount} AS amount, document_id, business_date, posted_at, warehouse_id, sku_id,
        CAST(NULL AS BIGINT) AS whose_id FROM stock_revaluation"""
    for role, amount in (
        ("STOCK", "value"),
        ("STOCK_IN_TRANSIT", "in_transit_value"),
        ("STOCK_LENT", "lent_value"),
        ("COST", "sold_value"),
        ("REVALUATION", "-(value + in_transit_value + lent_value + sold_value)"),
    )
)
_SELLERS = """
    SELECT shipment.id, sales_order.seller_id FROM shipment
    JOIN sales_order ON sales_order.id = shipment.sales_order_id
    UNION ALL SELECT back.id, sales_order.seller_id FROM shipment_reversal AS back
    JOIN shipment ON shipment.id = back.shipment_id JOIN sales_order ON sales_order.id = shipment.sales_order_id
    UNION ALL SELECT back.id, MIN(sales_order.seller_id) FROM customer_return AS back
    JOIN customer_return_line AS line ON line.customer_return_id = back.id
    JOIN shipment_line AS sent ON sent.id = line.shipment_line_id JOIN shipment ON shipment.id = sent.shipment_id
    JOIN sales_order ON sales_order.id = shipment.sales_order_id GROUP BY back.id"""
_INTO = """INSERT INTO account_entry (xid, account_id, amount, source, source_id, document_id, business_date, posted_at,
    customer_id, supplier_id, seller_id, category_id, warehouse_id, branch_id)"""
_KEYS = "business_date, customer_id, supplier_id, seller_id, category_id, warehouse_id"


def _entries(source: str, told: str, document: str = "source_id") -> str:
    """Those of a select of what roles were debited, of which source, and of whom and what that tells."""
    keys = ", ".join(f"told.{key}" for key in _KEYS.split(", "))
    return f"""{_INTO}
        SELECT 0, account.id, CAST(SUM(told.amount) AS BIGINT), '{source}', told.source_id,
            {document.replace("source_id", "told.source_id")}, told.business_date, MIN(told.posted_at),
            told.customer_id, told.supplier_id, told.seller_id, told.category_id, told.warehouse_id,
            warehouse.branch_id
        FROM ({told}) AS told JOIN account ON account.role = told.role
        LEFT JOIN warehouse ON warehouse.id = told.warehouse_id
        GROUP BY account.id, told.source_id, {keys}, warehouse.branch_id
        HAVING SUM(told.amount) <> 0 ORDER BY told.source_id, account.id"""


_GOODS = f"""
    SELECT role, every_one.amount, every_one.document_id AS source_id, every_one.business_date, every_one.posted_at,
        CASE role WHEN 'COST' THEN document.customer_id END AS customer_id,
        CASE role WHEN 'PAYABLE_ESTIMATED' THEN coalesce(theirs.supplier_id, document.supplier_id) END AS supplier_id,
        CASE role WHEN 'COST' THEN sold.seller_id END AS seller_id, sku.category_id, every_one.warehouse_id
    FROM ({_LEGS} UNION ALL {_REVALUED}) AS every_one JOIN sku ON sku.id = every_one.sku_id
    LEFT JOIN document ON document.id = every_one.document_id LEFT JOIN ({_SELLERS}) AS sold ON sold.id = document.id
    LEFT JOIN consigned_stock AS theirs ON theirs.id = every_one.whose_id"""
_FIRST = "SELECT MIN(id) FROM stock_movement AS moved WHERE moved.line_id = line.id"
_SOLD = """
    SELECT line.id, line.base_net AS net, line.base_tax AS tax FROM shipment_line AS line
    UNION ALL SELECT line.id, -line.base_net, -line.base_tax FROM shipment_reversal_line AS line
    UNION ALL SELECT line.id, -line.base_net, -line.base_tax FROM customer_return_line AS line"""
_OF_SALES = " UNION ALL ".join(
    f"""SELECT '{role}' AS role, {amount} AS amount, movement.document_id AS source_id, movement.business_date,
        movement.posted_at, document.customer_id, CAST(NULL AS BIGINT) AS supplier_id,
        {"sold.seller_id" if role == "REVENUE" else "CAST(NULL AS BIGINT) AS seller_id"},
        {"sku.category_id" if role == "REVENUE" else "CAST(NULL AS BIGINT) AS category_id"}, movement.warehouse_id
    FROM ({_SOLD}) AS line JOIN stock_movement AS movement ON movement.id = ({_FIRST})
    JOIN document ON document.id = movement.document_id JOIN sku ON sku.id = movement.sku_id
    LEFT JOIN ({_SELLERS}) AS sold ON sold.id = document.id"""
    for role, amount in (
        ("RECEIVABLE", "line.net + line.tax"), ("REVENUE", "-line.net"), ("OUTPUT_TAX_PENDING", "-line.tax"),
    )
)  # fmt: skip
_BOUGHT = """
    SELECT line.id, CASE WHEN line.is_replacement THEN 0 ELSE line.base_net END AS net FROM goods_receipt_line AS line
    UNION ALL SELECT line.id, CASE WHEN came.is_replacement THEN 0 ELSE -line.base_net END
    FROM goods_receipt_reversal_line AS line JOIN goods_receipt_line AS came ON came.id = line.goods_receipt_line_id
    UNION ALL SELECT line.id, CASE document.resolution WHEN 'CREDIT' THEN -line.base_net ELSE 0 END
    FROM supplier_return_line AS line JOIN supplier_return AS document ON document.id = line.supplier_return_id
    UNION ALL SELECT line.id, CASE document.resolution WHEN 'CREDIT' THEN line.base_net ELSE 0 END
    FROM supplier_return_reversal_line AS line
    JOIN supplier_return_reversal AS back ON back.id = line.supplier_return_reversal_id
    JOIN supplier_return AS document ON document.id = back.supplier_return_id"""
_MORE = f"""
    SELECT line.id, line.net, line.net - SUM(
        CASE WHEN from_place_id = 1 THEN value WHEN to_place_id = 1 THEN -value ELSE 0 END) AS more
    FROM ({_BOUGHT}) AS line JOIN stock_movement AS movement ON movement.line_id = line.id GROUP BY line.id, line.net"""
_OF_PURCHASES = " UNION ALL ".join(
    f"""SELECT {role} AS role, {sign}line.more AS amount, movement.document_id AS source_id, movement.business_date,
        movement.posted_at, CAST(NULL AS BIGINT) AS customer_id,
        {"CAST(NULL AS BIGINT)" if sign == "" else "document.supplier_id"} AS supplier_id,
        CAST(NULL AS BIGINT) AS seller_id, sku.category_id, movement.warehouse_id
    FROM ({_MORE}) AS line JOIN stock_movement AS movement ON movement.id = ({_FIRST})
    JOIN document ON document.id = movement.document_id JOIN sku ON sku.id = movement.sku_id"""
    for role, sign in (
        ("'PAYABLE_ESTIMATED'", "-"), ("CASE line.net WHEN 0 THEN 'GOODS_ON_WAY' ELSE 'COST' END", ""),
    )
)  # fmt: skip
_OF_WORK = " UNION ALL ".join(
    f"""SELECT {role} AS role, {sign}one.extra_cost AS amount, one.id AS source_id, one.business_date,
        one.created_at AS posted_at, CAST(NULL AS BIGINT) AS customer_id,
        {"CAST(NULL AS BIGINT)" if sign == "" else "one.supplier_id"} AS supplier_id,
        CAST(NULL AS BIGINT) AS seller_id, sku.category_id, one.warehouse_id
    FROM assembly AS one JOIN sku ON sku.id = one.sku_id"""
    for role, sign in (
        ("'ASSEMBLY'", ""), ("CASE WHEN one.supplier_id IS NULL THEN 'ACCRUED' ELSE 'PAYABLE_ESTIMATED' END", "-"),
    )
)  # fmt: skip
_NOTHING_BESIDES = (
    "CAST(NULL AS BIGINT) AS seller_id, CAST(NULL AS BIGINT) AS category_id, CAST(NULL AS BIGINT) AS warehouse_id"
)
_NOBODY = "CAST(NULL AS BIGINT) AS customer_id, CAST(NULL AS BIGINT) AS supplier_id"
_COUNTER = """CASE kind WHEN 'OPENING' THEN 'OPENING' WHEN 'PREPAYMENT' THEN 'BANK' WHEN 'DEPOSIT' THEN 'BANK'
    WHEN 'WRITE_OFF' THEN 'FINANCE'
    WHEN 'FEE' THEN CASE direction WHEN 'RECEIVABLE' THEN 'OTHER_REVENUE' ELSE 'SELLING' END
    ELSE CASE direction WHEN 'RECEIVABLE' THEN 'NON_OPERATING_IN' ELSE 'NON_OPERATING_OUT' END END"""
_OF_DUES = " UNION ALL ".join(
    f"""SELECT {role} AS role, {sign}base_amount AS amount, id AS source_id, business_date, updated_at AS posted_at,
        {whose}, {_NOTHING_BESIDES} FROM due WHERE kind NOT IN ('SALE', 'PURCHASE', 'RETURN')"""
    for role, sign, whose in (("direction", "", "customer_id, supplier_id"), (_COUNTER, "-", _NOBODY))
)
_SET_OFF = """FROM allocation AS one JOIN due AS debit ON debit.id = one.debit_due_id
    JOIN due AS credit ON credit.id = one.credit_due_id
    WHERE one.debit_base <> one.credit_base OR debit.direction <> credit.direction"""
_OF_ALLOCATIONS = " UNION ALL ".join(
    f"""SELECT {role} AS role, {amount} AS amount, one.id AS source_id, one.business_date, one.posted_at, {whose},
        {_NOTHING_BESIDES} {_SET_OFF}"""
    for role, amount, whose in (
        ("debit.direction", "-one.debit_base", "debit.customer_id, debit.supplier_id"),
        ("credit.direction", "one.credit_base", "credit.customer_id, credit.supplier_id"),
        ("'EXCHANGE'", "one.debit_base - one.credit_base", _NOBODY),
    )
)
_ENTERED = [
    _entries("GOODS", _GOODS),
    _entries("TRADE", f"{_OF_SALES} UNION ALL {_OF_PURCHASES} UNION ALL {_OF_WORK}"),
    _entries("DUE", _OF_DUES, "NULL"),
    _entries("ALLOCATION", _OF_ALLOCATIONS, "NULL"),
]


def _by(*names: str) -> list[Index]:
    return [Index(fields=[name, "id"]) for name in names]


class Migration(migrations.Migration):
    """The book of accounts."""

    operations = (
        ops.CreateModel(
            "AccountChart",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("standard", fields.CharField(max_length=12)),
            ],
            {"table": "account_chart"},
        ),
        ops.CreateModel(
            "Account",
            [
                ("version", fields.IntField()),
                ("updated_at", fields.DatetimeField()),
                ("id", columns.Id()),
                ("code", fields.CharField(unique=True, max_length=20)),
                ("name", fields.CharField(max_length=60)),
                ("name_en", fields.CharField(max_length=60)),
                ("kind", fields.CharField(max_length=10)),
                ("role", fields.CharField(unique=True, null=True, max_length=20)),
                ("parent", columns.reference("Account", null=True)),
                ("is_active", fields.BooleanField()),
                ("search_text", fields.TextField()),
            ],
            {
                "table": "account",
                "constraints": [
                    CheckConstraint(check="role IS NULL OR is_active", name="account_with_a_role_is_active"),
                    CheckConstraint(
                        check="role IS NOT NULL OR parent_id IS NOT NULL", name="account_of_the_company_lies_below_one"
                    ),
                ],
                "indexes": _by("name", "kind", "parent", "updated_at"),
            },
        ),
        ops.CreateModel(
            "AccountEntry",
            [
                ("id", fields.BigIntField(generated=True, primary_key=True)),
                ("xid", fields.BigIntField()),
                ("account", columns.reference("Account")),
                ("amount", columns.Steps()),
                ("source", fields.CharField(max_length=10)),
                ("source_id", fields.BigIntField()),
                ("document_id", fields.BigIntField(null=True)),
                ("business_date", fields.DateField()),
                ("posted_at", fields.DatetimeField()),
                ("customer", columns.reference("Customer", null=True)),
                ("supplier", columns.reference("Supplier", null=True)),
                ("seller", columns.reference("User", null=True)),
                ("category", columns.reference("Category", null=True)),
                ("warehouse", columns.reference("Warehouse", null=True)),
                ("branch", columns.reference("Branch", null=True)),
            ],
            {
                "table": "account_entry",
                "constraints": [CheckConstraint(check="amount <> 0", name="account_entry_is_of_something")],
                "indexes": [
                    *_by("xid", "account"),
                    Index(fields=["account", "business_date", "id"]),
                    Index(fields=["source_id", "source"]),
                    *_by("document_id", "business_date", "posted_at", "amount"),
                    *_by("customer", "supplier", "seller", "category", "warehouse", "branch"),
                ],
            },
        ),
        by_code_points(),
        Statements(sqlite=[*_CHART, *_ENTERED], postgres=[*_CHART, *_ENTERED]),
        append_only("account_entry"),
    )
