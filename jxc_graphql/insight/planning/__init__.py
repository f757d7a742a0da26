"""Planning (计划): what is to be bought, worked out by itself and at the time that a schedule says.

Words
    replenishment 补货      the job REPLENISH: what runs low becomes drafts of purchase requests, a warehouse at a time

Tables
    none: it reads the alerts of low stock, and what is asked for and ordered already

    stock_alert (LOW, OPEN or ACKNOWLEDGED) ──suggested quantity, less what is asked for──▸ purchase_request (PLANNING)

What an alert suggests reaches the target of its limit, in whole packs of the supplier whom it names, and counts what is
on approved orders. What is asked for in requests that are not ordered yet, and in orders that nobody has approved, is
taken off here: a plan that runs twice asks for nothing twice. A snoozed alert is left alone.

It runs by hand (`startJob`) or by a schedule that somebody makes (`createSchedule`, none is there at first), with the
rights of whoever asked for it: for the warehouses where he works, or those of them that the input names.
"""
