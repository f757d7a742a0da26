"""Selling (销售): from the order to the goods that left. Does not know buying.

Features, lower ones first: `pricing` price lists and promotions; `sales` sales orders and reservations; `shipping`
shipments; `sales_amendments` changes of binding orders; `customer_returns` what customers bring back.
"""
