"""Masters (基础资料): what the business talks about before anything happens.

Features, lower ones first: `categories`; `catalog` products, SKUs, units; `warehouses` branches, warehouses, places,
bins; `variants`; `lots`; `partners` suppliers and customers.
"""
