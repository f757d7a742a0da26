"""Variants (多属性): the SKUs of a product as combinations of colours, sizes and the like, made by the dozen.

Words
    attribute 属性         what tells the SKUs of a product apart, such as 颜色; a product has up to three, in order
    value 属性值           what an attribute can be, such as 红; up to fifty of each, in order
    option 选项            the value that one SKU has of one attribute
    combination 组合       a value of each attribute of a product; no two of its SKUs have the same

Tables
    none of its own: attributes, values and options are kept by the catalogue, whose `assortment` is the door to them

Invariants
    A SKU has an option of each attribute of its product, or none at all.
    While a SKU of a product has options, attributes are neither added nor taken away, only renamed and reordered.
    A value that a SKU has is not taken away.
"""
