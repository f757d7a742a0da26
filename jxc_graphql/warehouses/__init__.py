"""Warehouses (仓库) and the places in them: where goods can be.

Words
    warehouse 仓库           has four places of its own
    place 位置               in a warehouse: stock 可用库存, quality 待检, damaged 次品, transit 在途 (coming);
                             virtual, of no warehouse: supplier, customer, variance, scrap, opening, assembly
    scope 数据范围           the warehouses that a user may see and touch; kept by `auth`, set here

Tables
    warehouse, place

Invariants
    Every warehouse has exactly one built-in place of each of its four kinds; the warehouse knows their ids.
    The virtual places have the ids of `places.VirtualPlace`; the first migrations insert them, and nothing else does.
    A warehouse that is not active takes no new documents; what is under way goes on.

What is at a place, and how it gets there, is the matter of `stock`.
"""
