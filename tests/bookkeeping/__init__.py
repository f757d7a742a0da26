"""A company that does everything at random, and books that must be right after each step (`tests/test_books.py`).

company      two warehouses with bins, goods of every kind, a supplier and a customer: what every run begins with
clerk        how a step is taken: through an operation, with a retry key or late, and what a refusal must leave alone
trading, …   the steps, a file for each trade; a step draws what it does from what there is to do
invariants   what is asked of the tables after every step, in plain SQL
by_hand      the whole ledger worked out once more, with fractions, by a bookkeeper who does not know our code
"""
