"""Pricing (定价): what goods are sold for, and what promotions take off.

Words: price list 价目表, list price 价目, promotion 促销, minimum price 最低售价, free goods 买赠.

Tables: `price_list`, `list_price`, `promotion`, `minimum_price`. A line of a sales order that leaves its price out has
the one that these rules give (`rules.rule_prices`), and keeps which list that was and what promotions gave it.

    list price ─▸ promotions of lines ─▸ promotions of documents ─▸ the discount that is typed

Always true:
- The list of the customer goes before that of the level, that before one of the branch, that before one of everybody;
  then the higher priority, then the newest. The break is that of the whole quantity of the SKU in the order, in base
  units. A list in another currency, with tax where the order is without, or of no exact price of the unit gives none.
- Promotions are for lines whose price a list gave. Of each step either all that combine are given, or the best of
  those that do not: whatever takes more off.
- What a promotion takes off is counted for all lines of a SKU (of the document) together, in whole fen, and shared by
  largest remainder over what is left of each: parts add up, and how goods are divided over lines changes nothing.
- Of what is bought under 买赠 the free goods have their share of the price: the line comes to its price less theirs.

Doors: `checks`, `models`, `operations`, `queries`, `rules`.
"""
