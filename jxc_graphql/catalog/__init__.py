"""What can be bought, kept and sold: categories, products, SKUs with their units and barcodes.

Words
    category 分类          a tree of kinds of goods
    product 商品           what a customer would name; it belongs to one category and has one or more SKUs
    SKU 规格               what is counted, priced and moved; stock is kept in its base unit
    base unit 基本单位     fixed for ever once the SKU exists, because the books count in it
    unit 单位              another unit of a SKU: one of it is numerator / denominator base units (1 箱 = 12/1 瓶)
    barcode 条码           a code on a label; it names a SKU and the unit that the label is on
    active 启用            may appear on new documents; what is deactivated stays in old ones

Tables
    category, product, sku, sku_unit, barcode

Invariants
    Codes are unique within their table, barcodes over all SKUs.
    Categories form a tree: none is its own ancestor.
    A quantity in another unit is an exact quantity in the base unit, or it is refused (`InexactUnit`).
    A barcode's unit is the base unit or one of the SKU's units.
    The SKUs of a deactivated product are deactivated.
    `search_text` always holds the code, the name, their pinyin and, of a SKU, its barcodes.
"""
