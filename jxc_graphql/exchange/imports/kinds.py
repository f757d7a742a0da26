"""What can be imported, and which columns each kind of file has: names in both languages, synonyms, and an example."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.models import PurchaseOrder, PurchaseOrderLine
from jxc_graphql.exchange.imports import counts, masters, own_columns, prices, stock
from jxc_graphql.exchange.imports.cells import SentRow
from jxc_graphql.exchange.imports.orders import NUMBER, OrderRows, orders
from jxc_graphql.exchange.imports.own_columns import with_own_fields
from jxc_graphql.exchange.imports.taking import Take, WantedColumn, one_by_one
from jxc_graphql.kit.numbers import Fixed, Money, Quantity, UnitPrice
from jxc_graphql.office.documents.lines import AskedLine, LineToPrice
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.models import SalesOrder, SalesOrderLine


class ImportKind(StrEnum):
    """What stands in the rows of a file."""

    CATEGORIES = "CATEGORIES"
    """Categories (分类)."""
    PRODUCTS = "PRODUCTS"
    """Products (商品)."""
    SKUS = "SKUS"
    """SKUs (规格)."""
    UNITS = "UNITS"
    """Further units of SKUs (单位)."""
    BARCODES = "BARCODES"
    """Barcodes of SKUs (条码)."""
    SUPPLIERS = "SUPPLIERS"
    """Suppliers (供应商)."""
    CUSTOMERS = "CUSTOMERS"
    """Customers (客户)."""
    SUPPLIER_PRICES = "SUPPLIER_PRICES"
    """What suppliers ask (供货价)."""
    STOCK_LIMITS = "STOCK_LIMITS"
    """Stock limits (库存上下限)."""
    OPENING_BALANCES = "OPENING_BALANCES"
    """What there was before the books (期初库存), with lots and serial numbers."""
    PURCHASE_ORDERS = "PURCHASE_ORDERS"
    """Drafts of purchase orders (采购订单), a row for each line."""
    SALES_ORDERS = "SALES_ORDERS"
    """Drafts of sales orders (销售订单), a row for each line."""
    STOCKTAKE_COUNTS = "STOCKTAKE_COUNTS"
    """What was counted in stocktakes (盘点数)."""
    EXCHANGE_RATES = "EXCHANGE_RATES"
    """Exchange rates by day (汇率)."""
    CUSTOMER_LEVELS = "CUSTOMER_LEVELS"
    """Customer levels (客户等级)."""
    PRICE_LISTS = "PRICE_LISTS"
    """Price lists (价目表), a row for each price."""


class Importable(msgspec.Struct, frozen=True):
    """A kind of file: its columns, and what takes its rows in."""

    columns: tuple[WantedColumn, ...]
    take: Take
    together: tuple[str, ...] = ()
    """Rows that have the same in these columns are taken in at once."""
    part: int = 0
    """How many rows are taken in at once, where that are more than usual."""
    own: str = ""
    """The table of what its rows are, where that has own fields; a column of each comes behind the others."""

    def group(self, row: SentRow) -> object:
        """What rows have in common that are taken in at once; none has it with another one without such columns."""
        return tuple(row.code(one) for one in self.together) if self.together else row.number

    def goes_with(self, one: SentRow, other: SentRow) -> bool:
        """Whether rows are taken in at once."""
        return self.group(one) == self.group(other)

    @property
    def needed(self) -> list[str]:
        """The columns that every file has."""
        return [one.key for one in self.columns if one.needed]

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """By column, all that it may be called."""
        return {one.key: one.names for one in self.columns}


def _code(chinese: str, english: str, also: str = "", example: str = "A001") -> WantedColumn:
    also = f"编码 编号 代码 code {also}"
    return WantedColumn(key="code", chinese=chinese, english=english, also=also, needed=True, example=example)


def _name(chinese: str, english: str, example: str) -> WantedColumn:
    return WantedColumn(key="name", chinese=chinese, english=english, also="名称 name 品名", example=example)


def _needed(key: str, chinese: str, english: str, also: str = "", example: str = "", **told: Any) -> WantedColumn:
    return WantedColumn(key=key, chinese=chinese, english=english, also=also, needed=True, example=example, **told)


def _may(key: str, chinese: str, english: str, also: str = "", example: str = "", **told: Any) -> WantedColumn:
    return WantedColumn(key=key, chinese=chinese, english=english, also=also, example=example, **told)


def _exact(kind: type[Fixed]) -> Callable[[SentRow, str], Fixed]:
    return lambda row, column: row.fixed(column, kind)


_SKU = _needed(
    "sku", "规格编码", "SKU code", "SKU SKU编码 sku.code 商品编码 货号 编码 code 规格 物料编码", "WALNUT-500", of="sku"
)
_SKU_OF_PRICE = _needed(
    "sku", "规格编码", "SKU code", "SKU SKU编码 sku.code 商品编码 货号 规格", "WALNUT-500", of="sku"
)
_WAREHOUSE = _needed(
    "warehouse", "仓库编码", "Warehouse code", "仓库 warehouse warehouse.code 仓库代码", "MAIN", of="warehouse"
)
_ACTIVE = _may("is_active", "启用", "Is active", "isActive 是否启用 状态", "是")
_UNIT = _may("unit", "单位", "Unit", "计量单位 unit.name 单位名称", "箱")
_PARTNER = (
    _may("contact_name", "联系人", "Contact name", "contactName contact", "王芳"),
    _may("phone", "电话", "Phone", "手机 联系电话 telephone", "010-12345678"),
    _may("email", "邮箱", "Email", "电子邮箱 e-mail", "wang@example.com"),
    _may("address", "地址", "Address", "", "北京市朝阳区"),
    _may("tax_number", "税号", "Tax number", "taxNumber 纳税人识别号", "91110000600037341L"),
    _may("payment_term", "付款条件", "Payment term", "paymentTerm.code 付款条件编码 账期 账期天数", "30"),
    _ACTIVE,
)
_QUANTITIES = (
    _needed("limit", "库存下限", "Limit", "下限 最低库存 安全库存", "10"),
    _may("clear_above", "解除线", "Clear above", "clearAbove 解除", "12"),
    _may("target", "补货目标", "Target", "目标 目标库存 补足到", "40"),
    _may("upper", "库存上限", "Upper", "上限 最高库存", "80"),
    _may("starts_on", "开始日期", "Starts on", "startsOn 起始日期", "2026-01-01"),
    _may("ends_on", "结束日期", "Ends on", "endsOn 截止日期", "2026-03-31"),
)
_OPENING = (
    _needed("business_date", "业务日期", "Business date", "日期 期初日期 businessDate date", "2026-01-01"),
    _SKU,
    _needed("quantity", "数量", "Quantity", "期初数量 库存数量 结存数量 qty", "40"),
    _needed("unit_cost", "单位成本", "Unit cost", "成本 成本价 成本单价 单价 unitCost", "18.6"),
    _may("place", "库位", "Place", "位置 货位 库位编码 bin", "A-01"),
    _may("lot", "批号", "Lot", "批次 批次号 lot.number", "20260101"),
    _may("produced_on", "生产日期", "Produced on", "producedOn", "2025-12-01"),
    _may("expires_on", "到期日", "Expires on", "expiresOn 有效期至 到期日期", "2026-12-01"),
    _may("serials", "序列号", "Serials", "serialNumbers 串号", "SN001;SN002"),
    _may("origin_on", "入库日期", "Origin on", "originOn", "2025-12-20"),
)
_LEVEL = _may("customer_level", "客户等级", "Customer level", "level level.code 客户等级编码 会员等级", "VIP")
_RATE = (
    _needed("currency", "币种", "Currency", "币种编码 currency.code 外币 货币", "USD"),
    _needed("day", "日期", "Day", "生效日期 汇率日期 date", "2026-01-31"),
    _needed("rate", "汇率", "Rate", "中间价 exchangeRate", "7.1234"),
    _may("source", "来源", "Source", "汇率来源", "中国银行"),
)
_LIST_PRICE = (
    _code("价目表编码", "Price list code", "价目表 价格表 价格表编码 priceList priceList.code", "RETAIL"),
    _name("价目表名称", "Price list name", "零售价"),
    _SKU_OF_PRICE,
    _needed("unit_price", "单价", "Unit price", "unitPrice 价格 售价 销售价", "25"),
    _UNIT,
    _may("from_quantity", "起始数量", "From quantity", "fromQuantity 起订数量 阶梯数量", "0"),
    _may("currency", "币种", "Currency", "货币", "CNY"),
    _may("prices_include_tax", "含税价", "Prices include tax", "pricesIncludeTax 单价含税 含税", "是"),
    _may("customer", "客户编码", "Customer code", "客户 customer.code", "C001"),
    _LEVEL,
    _may("branch", "门店编码", "Branch code", "门店 branch.code", "HQ"),
    _may("priority", "优先级", "Priority", "", "0"),
    _may("starts_on", "生效日期", "Starts on", "startsOn 开始日期", "2026-01-01"),
    _may("ends_on", "失效日期", "Ends on", "endsOn 结束日期", "2026-12-31"),
    _ACTIVE,
)
_PRICE = (
    _needed("supplier", "供应商编码", "Supplier code", "供应商 supplier supplier.code", "S001"),
    _SKU,
    _needed("unit_price", "单价", "Unit price", "unitPrice 供货价 价格 进价", "18.6"),
    _UNIT,
    _may("minimum_quantity", "起订量", "Minimum quantity", "minimumQuantity 最小起订量 MOQ", "10"),
    _may("pack_quantity", "包装量", "Pack quantity", "packQuantity 包装数量", "5"),
    _may("lead_time_days", "交货期", "Lead time days", "leadTimeDays 交货天数", "7"),
    _may("is_preferred", "首选", "Is preferred", "isPreferred 是否首选", "是"),
)

_LINES = (
    _SKU,
    _needed(
        "quantity", "数量", "Quantity", "采购数量 销售数量 下单数量 quantityInUnit qty", "10", read=_exact(Quantity)
    ),
    _UNIT,
    _may("discount", "优惠", "Discount", "折扣额 优惠金额 行优惠", "1.50", read=_exact(Money)),
    _may("tax_code", "税码", "Tax code", "税码编码 taxCodeCode taxCode", "VAT13", of="tax_code"),
)


def _header(partner: WantedColumn, *more: WantedColumn) -> tuple[WantedColumn, ...]:
    return (
        partner,
        _needed(NUMBER, "外部单号", "External number", _NUMBERS, "WEB-1001", read=SentRow.need_text),
        _WAREHOUSE,
        _may("business_date", "业务日期", "Business date", _DAYS, "2026-01-31", read=SentRow.on_day),
        *more,
        _may("prices_include_tax", "含税价", "Prices include tax", "pricesIncludeTax 单价含税", "是", read=SentRow.yes),
        _may(
            "order_discount",
            "整单优惠",
            "Order discount",
            "discountOfOrder 整单折扣额",
            "5",
            read=_exact(Money),
            argument="discount",
        ),
        _may("note", "备注", "Note", "单据备注 摘要 remark"),
    )


_COUNTS = (
    _needed("stocktake", "盘点单号", "Stocktake", "stocktake.number 盘点单 盘点单编号", "ST-2026-00001"),
    _needed(
        "code",
        "编码",
        "Code",
        "SKU barcode 商品编码 货品编码 物料编码 规格编码 SKU编码 货号 条码 商品条码 条形码 扫码",
        "WALNUT-500",
    ),
    _needed(
        "quantity",
        "数量",
        "Quantity",
        "qty 实盘数量 实盘数 实盘 盘点数量 盘点数 实存数量 实存 实际数量 库存数量 库存",
        "12",
    ),
    _may("place", "库位", "Place", "位置 货位 仓位 储位 库位编码", "A-01"),
    _may("lot", "批号", "Lot", "批次 批次号 生产批号", "20260101"),
    _may("unit", "单位", "Unit", "计量单位", "袋"),
    _may("serials", "序列号", "Serials", "serial 串号 唯一码", "SN001;SN002"),
    _may("sheet", "盘点表号", "Sheet", "盘点表 sheet_no", "1"),
    _may("mode", "计数方式", "Mode", "", "REPLACE"),
)
_NUMBERS = "externalNumber 订单号 订单编号 单号 单据编号 客户订单号 采购单号 销售单号 平台订单号"
_DAYS = "businessDate 日期 订单日期 下单日期 单据日期 date"
_PRICES = "unitPrice 价格 采购价 销售价 进价 售价"
_BOUGHT = OrderRows(
    kind=PurchaseOrder,
    line=PurchaseOrderLine,
    asked=LineToPrice,
    create=purchasing.create_purchase_order,
    update=purchasing.update_purchase_order,
    header=_header(
        _needed("supplier", "供应商编码", "Supplier code", "供应商 supplier.code", "S001", of="supplier"),
        _may("expected_on", "预计到货日期", "Expected on", "expectedOn 交货日期 到货日期", read=SentRow.on_day),
    ),
    lines=(*_LINES, _may("unit_price", "单价", "Unit price", _PRICES, "18.6", read=_exact(UnitPrice))),
)
_SOLD = OrderRows(
    kind=SalesOrder,
    line=SalesOrderLine,
    asked=AskedLine,
    create=sales.create_sales_order,
    update=sales.update_sales_order,
    header=_header(
        _needed("customer", "客户编码", "Customer code", "客户 customer.code 会员", "C001", of="customer"),
        _may("seller", "业务员", "Seller", "销售员 sellerUsername 业务员用户名", "lin", of="user"),
    ),
    lines=(*_LINES, _needed("unit_price", "单价", "Unit price", _PRICES, "25", read=_exact(UnitPrice))),
)

KINDS: dict[ImportKind, Importable] = {
    ImportKind.CATEGORIES: Importable(
        (
            _code("分类编码", "Category code", example="NUTS"),
            _name("分类名称", "Category name", "坚果"),
            _may("parent", "上级分类", "Parent code", "父级分类 上级编码 上级分类编码 parent.code parent", "FOOD"),
        ),
        one_by_one(masters.category),
    ),
    ImportKind.PRODUCTS: Importable(
        (
            _code("商品编码", "Product code", "货号", "WALNUT"),
            _name("商品名称", "Product name", "核桃"),
            _may("category", "分类编码", "Category code", "分类 商品分类 category category.code", "NUTS"),
            _may("description", "描述", "Description", "说明 备注"),
            _may("valuation", "计价方法", "Valuation", "成本方法", "移动平均"),
            _ACTIVE,
        ),
        with_own_fields("product", masters.product),
        own="product",
    ),
    ImportKind.SKUS: Importable(
        (
            _code("规格编码", "SKU code", "SKU SKU编码 货号 物料编码", "WALNUT-500"),
            _name("规格名称", "SKU name", "核桃 500克"),
            _may("product", "商品编码", "Product code", "商品 所属商品 product product.code", "WALNUT"),
            _may("unit", "基本单位", "Unit", "单位 计量单位 base_unit", "袋"),
            _may("tracking", "追踪方式", "Tracking", "追踪", "按批次"),
            _may("shelf_life_days", "保质期", "Shelf life days", "保质期天数 shelfLifeDays", "365"),
            _ACTIVE,
        ),
        with_own_fields("sku", masters.sku),
        own="sku",
    ),
    ImportKind.UNITS: Importable(
        (
            _SKU,
            _needed("unit", "单位", "Unit", "单位名称 name", "箱"),
            _needed("numerator", "换算分子", "Numerator", "换算数量 换算率 每单位数量", "24"),
            _may("denominator", "换算分母", "Denominator", "", "1"),
        ),
        one_by_one(masters.unit),
    ),
    ImportKind.BARCODES: Importable(
        (_SKU, _needed("barcode", "条码", "Barcode", "条形码 商品条码", "6901234567892"), _UNIT),
        one_by_one(masters.barcode),
    ),
    ImportKind.SUPPLIERS: Importable(
        (
            _code("供应商编码", "Supplier code", example="S001"),
            _name("供应商名称", "Supplier name", "果园合作社"),
            *_PARTNER,
            _may("credit_grade", "信用等级", "Credit grade", "creditGrade 供应商等级 信用级别", "A"),
        ),
        with_own_fields("supplier", masters.supplier),
        own="supplier",
    ),
    ImportKind.CUSTOMERS: Importable(
        (
            _code("客户编码", "Customer code", example="C001"),
            _name("客户名称", "Customer name", "便民超市"),
            *_PARTNER,
            _LEVEL,
        ),
        with_own_fields("customer", masters.customer),
        own="customer",
    ),
    ImportKind.SUPPLIER_PRICES: Importable(_PRICE, one_by_one(stock.supplier_price)),
    ImportKind.STOCK_LIMITS: Importable((_SKU, _WAREHOUSE, *_QUANTITIES), one_by_one(stock.stock_limit)),
    ImportKind.OPENING_BALANCES: Importable((_WAREHOUSE, *_OPENING), stock.opening_balances),
    ImportKind.PURCHASE_ORDERS: Importable(_BOUGHT.columns, orders(_BOUGHT), together=("supplier", NUMBER)),
    ImportKind.STOCKTAKE_COUNTS: Importable(
        _COUNTS, counts.counts, together=("stocktake", "sheet", "code", "place", "lot"), part=counts.PART
    ),
    ImportKind.SALES_ORDERS: Importable(_SOLD.columns, orders(_SOLD), together=("customer", NUMBER)),
    ImportKind.EXCHANGE_RATES: Importable(_RATE, prices.exchange_rates),
    ImportKind.CUSTOMER_LEVELS: Importable(
        (_code("等级编码", "Level code", "客户等级编码", "VIP"), _name("等级名称", "Level name", "贵宾")),
        one_by_one(prices.customer_level),
    ),
    ImportKind.PRICE_LISTS: Importable(_LIST_PRICE, prices.price_lists),
}  # fmt: skip


async def whole(kind: ImportKind) -> Importable:
    """A kind of file with the columns of own fields."""
    found = KINDS[kind]
    if not found.own:
        return found
    return msgspec.structs.replace(
        found, columns=(*found.columns, *await own_columns.columns(found.own, found.columns))
    )
