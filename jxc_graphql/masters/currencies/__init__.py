"""Currencies (币种), and what they are worth in the currency of the books (本位币).

Words: currency 币种, base currency 本位币, exchange rate 汇率 = what one unit of a currency is worth in the books'.

Tables: `currency`, `exchange_rate`. The first currencies come with the database, those that banks in China quote.

How many decimal places a currency has, ISO 4217 says; here it is 0, 1 or 2. An amount of a document is a whole number
of the smallest parts that its currency has: what follows from prices is rounded to them, what is typed (a discount) is
refused where it has more places. Prices of units have six places in any currency, since they only describe. Amounts
that partners see are whole fen in all tables, by their constraints, so a currency whose smallest part is less than a
hundredth (the dinars of Kuwait, Bahrain, Iraq, Jordan, Libya and Tunisia, the rial of Oman) is refused when it is made,
instead of having its amounts rounded to what nobody agreed to; those who trade there invoice in another one.

Always true:
- Codes are unique; code and places of a currency never change, for documents are in it. It is not deleted either: one
  that is not active (停用) is on no new document.
- The books' own currency is always there for documents, at the rate 1, whether or not the table knows it; there it has
  two places unless the table says otherwise.
- There is one rate for a currency, a base currency and a day: one typed for the dollar while the books were to be in
  euros says nothing of books in yuan. Who sets it again makes its next version.

The rate of a day is the newest one on or before it, not older than `rules.RATE_HOLDS`, a month: the rules of accounting
take the rate of the day or that of the first of the month, and who writes down the latter has one for each day. An
older one is nobody's choice but a thing forgotten, and refused (`RateMissing`).

A document has its rate from the day that it counts for, or as somebody types it, and keeps it. What carries out an
order is in its currency and at its rate: parts of a line add up to the line in both currencies, and the value of goods
is what was approved; what the rate does until it is paid is the difference of who pays, and no cost of goods.

Doors: `models`, `operations`, `queries`, `rules`.
"""
