"""Selling (销售): from the order to the goods that left. Does not know buying.

Features, lower ones first: `sales` sales orders and reservations; `shipping` shipments.
"""
