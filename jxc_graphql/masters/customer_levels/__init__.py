"""Customer levels (客户等级): kinds of customers who have other prices than others.

Words: customer level 客户等级.

Table: `customer_level`. The first one comes with the database, and is that of whoever nobody gave another.

Always true: codes are unique. What a level is worth is said by price lists and promotions (`selling.pricing`).

Doors: `models`, `operations`, `queries`.
"""
