"""Taxes (税): by which code a line of a document is taxed, and at which rate.

Words: tax code 税码, rate 税率, exempt 免税, out of scope 不征税, simple 简易计税, without tax 不含税.

Table: `tax_code`. The first ones come with the database. Their rates, and from when to when they hold, an accountant
has to confirm: the standard rates 13, 9 and 6 %, 3 % for small-scale taxpayers and simple taxation, and 1 % in its
place from 2026-01-01 to 2027-12-31. NONE is the code of what nobody said a code for.

Always true:
- Codes are unique; kind, rate and first day of one never change. Another rate is another code from its first day on,
  and documents keep the code and the rate that they have.
- What is standard or simple has a rate above 0 and below 1; all else has 0.
- NONE always holds.

What a line comes to is computed in `kit.fen`: tax is a property of a line, and a document is the sum of its lines. Tax
that somebody else printed is taken as it is when it is near enough (`kit.fen.out_of_tolerance`).

Doors: `queries`.
"""
