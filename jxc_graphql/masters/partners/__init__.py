"""Those we buy from and sell to: suppliers with their prices, and customers.

Words
    supplier 供应商          whom we buy from
    on hold 冻结             the supplier gets no new orders until it is released
    customer 客户            whom we sell to
    supplier price 供货价     what a supplier asks for one unit of a SKU: the base unit, or another that it names
    minimum quantity 起订量   the least that it sells at once (MOQ), in base units
    pack quantity 包装量      it sells in multiples of this, in base units
    lead time 交货期          days from order to arrival
    preferred 首选           the supplier from whom a SKU is bought unless somebody decides otherwise
    payment term 付款条件     when what is bought from or sold to it has to be paid, unless an order says otherwise
    scope 数据范围            the customers or suppliers that a user may see and touch, with their documents; kept by
                            `auth`, set here; documents with no customer are not divided by customers, nor by suppliers

Tables
    supplier, customer, supplier_price

Invariants
    Codes are unique within their table.
    A supplier has at most one price per SKU, and a SKU at most one preferred price.
    Prices are seen only with SEE_COST.
    `search_text` always holds code, name, contact, phone and how these may be spelt (`kit/spelling.py`).

Doors: `models`, `operations`, `queries`, `terms`.
"""
