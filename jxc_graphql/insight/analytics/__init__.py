"""Analytics (库存分析): what there was at any moment, what it is worth, how old it is, and how fast it goes.

Words
    as of 时点库存            what the books said: by posting, of everything posted up to a moment; by business date, of
                            everything that counts for a day or an earlier one, whenever it was posted
    owned 自有               all that is the company's: on hand, on the way between its warehouses, and lent
    valuation 库存金额        quantity and value by category, warehouse, branch or product, now or as of any moment
    ageing 库龄               how long the company has had its goods, whichever of its warehouses they have been in
    turnover 周转             what was sold in a period ÷ what lay there on average at the end of its days
    days of cover 可销天数    for how long what is available lasts, if it goes on selling as it did
    stock-out 缺货            a level that had nothing at its stock places, from one moment to another
    slow mover 滞销           goods that last longer than they should, or that nobody bought at all: what is available,
                            lent, or on its way to be sold

It has no tables and writes nothing. Every report is one statement that adds up days (`stock_day`), never movements;
only the rest of one day, behind a moment within it, is read from movements and revaluations.

Always true:
- what is owned counts in every report: goods in transit where they are on their way to, goods lent where they come
  from; so the sum over all warehouses is what the company has, on every day;
- a state is reckoned from the nearest one that is known: the present, the closing balances of a period, or nothing;
- as of now a report says what the stock levels say; its totals are of all that was asked for, whatever is cut off;
- values are for those who may see costs: without that permission no list is sorted by them either;
- only warehouses in the caller's scope count.
"""
