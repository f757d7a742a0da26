"""What stands on paper of a document, in which order and under which title; a kind has those it has fields for."""

import msgspec

LANGUAGES = ("zh-CN", "en")


class Titled(msgspec.Struct, frozen=True):
    """Something that is shown: where it is found, the first of these ways that there is, and its titles."""

    ways: str
    """Paths of fields as the schema has them, such as `sku.code`, in the order in which they are tried."""
    chinese: str
    english: str
    is_number: bool = False
    adds_up: bool = False
    """Whether its sum says something."""
    is_money: bool = False
    is_cost: bool = False
    """Whether it is what goods cost us, which is no customer's business."""
    is_filled_in: bool = False
    """Whether somebody writes it on the paper, so that it is there before it is known."""
    on_tickets: bool = False
    """Whether it is short enough for the paper of a till."""
    needs_some: bool = False
    """Whether it stands only where one line at least has more than 0 of it."""
    unless_same_as: str = ""
    """Fields of which it would only repeat one, where all lines have the same there; then it does not stand."""
    is_rate: bool = False
    """Whether it is a share of something, which is written in percent."""
    if_foreign: bool = False
    """Whether it stands only where amounts are in another currency than that of the books."""
    is_paid: bool = False
    """Whether it is what is paid, which is what is written in words where it stands."""

    def title(self, language: str) -> str:
        """What stands above it."""
        return self.chinese if language == LANGUAGES[0] else self.english


HEAD = (
    Titled("businessDate", "日期", "Date", on_tickets=True),
    Titled("supplier.name", "供应商", "Supplier", on_tickets=True),
    Titled("customer.name", "客户", "Customer", on_tickets=True),
    Titled("supplier.contactName", "联系人", "Contact"),
    Titled("customer.contactName", "联系人", "Contact"),
    Titled("supplier.phone", "电话", "Phone"),
    Titled("customer.phone", "电话", "Phone"),
    Titled("supplier.address", "地址", "Address"),
    Titled("customer.address", "地址", "Address"),
    Titled("fromWarehouse.name fromName warehouse.name", "仓库", "Warehouse", on_tickets=True),
    Titled("toWarehouse.name toName", "调入仓库", "To warehouse"),
    Titled("externalNumber", "外部单号", "External number"),
    Titled("expectedOn", "预计到货日期", "Expected on"),
    Titled("neededOn", "需求日期", "Needed on"),
    Titled("dueOn", "应还日期", "Due on"),
    Titled("validThrough", "有效期至", "Valid through", on_tickets=True),
    Titled("sku.name", "成品", "Kit"),
    Titled("quantity", "成品数量", "Kits", is_number=True),
    Titled("currency", "币种", "Currency", if_foreign=True, on_tickets=True),
    Titled("reason", "原因", "Reason"),
    Titled("status", "状态", "Status"),
    Titled("sources.document.number", "来源单号", "Made out of"),
    Titled("note", "备注", "Remark"),
)
LINE = (
    Titled("lineNo", "序号", "No.", is_number=True),
    Titled("sku.code", "货号", "Code"),
    Titled("sku.name", "品名", "Goods", on_tickets=True),
    Titled("place.code", "库位", "Bin"),
    Titled("fromPlace.code", "原库位", "From bin"),
    Titled("toPlace.code", "新库位", "To bin"),
    Titled("lot.number", "批号", "Lot"),
    Titled("lot.expiresOn", "有效期至", "Expires on"),
    Titled("serials.number serials", "序列号", "Serial numbers"),
    Titled("unit sku.unit", "单位", "Unit", on_tickets=True),
    Titled("neededOn", "需求日期", "Needed on"),
    Titled("bookQuantity", "账面数量", "Book quantity", is_number=True),
    Titled("countedQuantity", "实盘数量", "Counted", is_number=True, is_filled_in=True),
    Titled("variance", "盈亏", "Variance", is_number=True),
    Titled("quantityByRecipe", "定额", "By recipe", is_number=True),
    Titled(
        "quantityInUnit quantity quantityAccepted", "数量", "Quantity", is_number=True, adds_up=True, on_tickets=True
    ),
    Titled("quantityUninspected", "待检", "Uninspected", is_number=True),
    Titled("quantityRejected", "不合格", "Rejected", is_number=True),
    Titled("quantityDamaged", "残损", "Damaged", is_number=True),
    Titled("unitPrice salesOrderLine.unitPrice", "单价", "Unit price", is_number=True, is_money=True, on_tickets=True),
    Titled("amount", "金额", "Amount", is_number=True, adds_up=True, is_money=True, on_tickets=True),
    Titled("discount", "优惠", "Discount", is_number=True, adds_up=True, is_money=True, needs_some=True),
    Titled("discountShare", "整单优惠", "Shared", is_number=True, adds_up=True, is_money=True, needs_some=True),
    Titled("taxRate", "税率", "Tax rate", is_number=True, is_rate=True),
    Titled("tax", "税额", "Tax", is_number=True, adds_up=True, is_money=True, needs_some=True),
    Titled(
        "gross",
        "价税合计",
        "To pay",
        is_number=True,
        adds_up=True,
        is_money=True,
        on_tickets=True,
        unless_same_as="amount value",
        is_paid=True,
    ),
    Titled("unitCost", "单位成本", "Unit cost", is_number=True, is_money=True, is_cost=True),
    Titled("value cost", "金额", "Value", is_number=True, adds_up=True, is_money=True, is_cost=True),
    Titled("valueChange", "金额变动", "Change of value", is_number=True, adds_up=True, is_money=True, is_cost=True),
)
TITLES = {
    "GoodsReceipt": ("采购入库单", "Goods receipt"),
    "PlaceMove": ("移库单", "Place move"),
    "Shipment": ("送货单", "Delivery note"),
    "Stocktake": ("盘点表", "Stocktake sheet"),
    "TransferReceipt": ("调拨入库单", "Transfer receipt"),
}
"""What a kind of document is called on paper, where that is not its label."""
WORDS = {
    "number": ("单号", "No."),
    "sheet": ("第 {sheet} 页，共 {sheets} 页", "Page {sheet} of {sheets}"),
    "of_sheet": ("本页小计", "This page"),
    "total": ("合计", "Total"),
    "in_words": ("大写金额", "In words"),
    "made_by": ("制单", "Made by"),
    "checked_by": ("审核", "Checked by"),
    "handled_by": ("经手", "Handled by"),
    "received_by": ("签收", "Received by"),
}
"""The other words of a page."""
