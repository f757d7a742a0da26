"""Adjustments (库存调整): corrections of quantity and cost with a reason, write-offs, opening balances."""
