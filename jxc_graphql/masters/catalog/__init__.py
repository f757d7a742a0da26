"""What can be bought, kept and sold: products, and SKUs with their units and barcodes.

Words
    product 商品           what a customer would name; it belongs to one category and has one or more SKUs
    valuation 计价方法     what goods cost that leave: the moving average, or what came in first
    SKU 规格               what is counted, priced and moved; stock is kept in its base unit
    base unit 基本单位     fixed for ever once the SKU exists, because the books count in it
    attribute 属性         what tells the SKUs of a product apart; the value that a SKU has of one is an option 选项
    unit 单位              another unit of a SKU: one of it is numerator / denominator base units (1 箱 = 12/1 瓶)
    barcode 条码           a code on a label; it names a SKU and the unit that the label is on
    tracking 追踪方式      whether a SKU is told apart by lot (批次) or by serial number (序列号); fixed for ever
    shelf life 保质期      days from the production of a lot to its expiry
    scan 扫码              what a scanner read: a barcode, a GS1 label (`gs1`), or the code of a SKU (`scans`)
    active 启用            may appear on new documents; what is deactivated stays in old ones

Tables
    product, product_attribute, attribute_value, sku, sku_option, sku_unit, barcode

Invariants
    Codes are unique within their table, barcodes over all SKUs.
    A quantity in another unit is an exact quantity in the base unit, or it is refused (`InexactUnit`).
    A barcode's unit is the base unit or one of the SKU's units.
    Only a SKU that is tracked by lot has a shelf life.
    The SKUs of a deactivated product are deactivated; a SKU is of the category of its product.
    No two SKUs of a product have the same options.
    A code that is scanned in another case is taken for what it is if only one SKU has it.
    `search_text` always holds the code, the name, of a SKU its options and barcodes, and how these may be spelt.

Doors: `assortment`, `operations`, `queries`, `searchable`, `tracking`.
"""
