"""Buying (采购): from the order to the goods that came. Does not know selling.

Features, lower ones first: `purchasing` purchase orders; `receiving` goods receipts; `supplier_returns` what goes back.
"""
