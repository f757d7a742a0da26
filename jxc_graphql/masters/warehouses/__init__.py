"""Branches (门店), warehouses (仓库) and the places (位置) in them: where goods can be.

Words
    branch 门店              a shop of the company; its warehouses belong to it
    warehouse 仓库           may belong to a branch; has five built-in places
    place 位置               in a warehouse: stock 可用库存, quality 待检, damaged 次品, transit 在途 (coming), lent
                             借出 (with a partner), and its bins; virtual, in no warehouse: supplier, customer,
                             variance, scrap, opening, assembly
    bin 库位                 a place with a code of its own, for stock, quality or damaged goods
    scope 数据范围           the warehouses that a user may see and touch, or the branches whose warehouses at the time;
                             kept by `auth`, set here

Tables
    branch, warehouse, place

Invariants
    Every warehouse has exactly one built-in place of each of its five kinds; the warehouse knows their ids.
    The virtual places have the ids of `places.VirtualPlace`; a migration inserts them, and nothing else does.
    A new one is a `PlaceKind`, a `VirtualPlace` with the next id, and a seed in a new migration with every column that
    may not be empty, `version` too. `books.goods.picking` says whether goods go there by choice.
    Places are never deleted and never change their kind. A place's code is unique in its warehouse; that of a built-in
    or virtual one is its kind.
    A warehouse that is not active takes no new documents, and a bin that is not active no goods; what is there goes on.
    The branch of an active warehouse is active.

What is at a place, and how it gets there, is the matter of `stock`.

Doors: `operations`, `places`, `queries`.
"""
