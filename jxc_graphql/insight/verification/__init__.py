"""Verification (核对): whether everything that is kept agrees with the ledger, and making it agree again.

Words
    check 核对项        one thing that must be so, such as: a level is the sum of its movements
    difference 差异     where it is not so: of what, what it should be, what it is
    projection 汇总     what is kept because it would take too long to add up: levels, days, cost layers, counters
    rebuild 重建        projections are made from the ledger anew; movements and documents never change

`jxc verify` runs every check; `bookChecks` and `bookDifferences` are the same, check by check, for the console of who
sees everything: all places, and what goods cost.
`jxc rebuild` repairs projections some SKUs at a time, while goods go on moving, and says so in the journal
(`ProjectionsRebuilt`, `BooksRebuilt`). What no projection explains, a document that disagrees with its movements, it
leaves to people.

Doors: `operations`, `queries`.
"""
