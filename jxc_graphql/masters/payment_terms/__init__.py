"""Payment terms (付款条件): when what a document is about has to be paid.

Words: payment term 付款条件, due day 到期日, on delivery 货到付款, prepaid 预付, month end 月结.

Table: `payment_term`. The first ones come with the database.

Always true:
- Codes are unique; what a term says never changes but its name. Other days are another term, and orders keep the one
  that they have.
- The due day follows from the term and the business date alone (`rules.due_on`), and is never before that.

Doors: `models`, `queries`.
"""
