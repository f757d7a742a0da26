"""Masters (基础资料): what the business talks about before anything happens.

Features, lower ones first: `categories`, `taxes`, `customer_levels`; `catalog` products, SKUs, units; `warehouses`
branches, warehouses, places, bins; `variants`; `lots`; `partners` suppliers and customers; `own_fields` what the
company says of all that besides.
"""
