"""Credit (信用): how much customers are trusted with, and what happens once that is too much, or paid too late.

Words: credit limit 信用额度, exposure 信用占用 = open orders + receivable − credits, available 可用额度, grace 宽限期.

Table: `credit_limit`, a row for a customer, and one at most for all those who have none of their own. Without either
a customer has no limit, and nothing is read or kept of others for his sake.

    exposure after > limit          REFUSE: refused, from when it is handed in on    ASK: approved once those agreed
    overdue after the days of grace   whom a policy names, to no less than that        WARN: only told of

How much a customer would be over (`CREDIT_EXCEEDED`) and for how many days he should have paid (`OVERDUE_DAYS`) are
facts of approval policies. Sales asks `rules.check` wherever more is ordered: an order is handed in or approved, again
after it was a draft once more as well, an amendment applied, goods ordered in exchange. What asks for no more than
before always passes, and so does what takes a shipment back: it is owed no more, and on order again.

Always true:
- the customer is locked, behind the order and before the levels, by whoever adds to an exposure that is limited: of two
  who want the last of it the second is refused;
- a customer has one row at most, and so have all the others.

Doors: `models`, `rules`.
"""
