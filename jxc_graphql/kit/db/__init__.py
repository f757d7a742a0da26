"""The database: connecting, transactions, statements of our own.

    @db.transactional                                   all of the function or nothing; nested ones join
    await db.fetch("SELECT … WHERE id = ?", [id])       rows as plain tuples
    await db.together(read(…), read(…))                 what several reads give, in one round trip of the database
    await db.at_once(read, caller=…)                    all that is fetched meanwhile is one state of the database
    await db.at_once(read, caller=…, since=position)    the same, perhaps of a replica that has come so far
    await db.position()                                 how far the log has come that belongs to what was read
    await db.execute("UPDATE …", […])                   inside a transaction; the count of rows
    db.later("UPDATE …", […], rows=1)                   with the next statement that names its table, or the commit
    db.insert_later(rows)                               new rows of one model
    await db.settle()                                   does all that is to be written later at once
    db.rows({"id": "bigint", "name": "text"})           a table out of one JSON parameter made by db.json(rows)
    db.ids(line_ids)                                    the same of ids, maybe of rows that are yet to be fetched
    await db.lock("SELECT … FOR UPDATE", […])           ahead of the next statement, which sees what is there then
    await db.hold("books", shared=True)                 a lock that belongs to no row, until the transaction ends
    await db.read_held("books", read)                   what such a lock keeps as it is, read once in a transaction
    db.after_commit(callback)                           dropped when it is rolled back
    db.after_rollback(callback)                         dropped when it is committed
    db.size("category").rows                            how large a table was when somebody last looked
    with db.statements() as seen:                       what was sent, for tests
    with db.round_trips() as seen:                      the same by what was sent together, COMMIT too
    with db.on_the_wire() as seen:                      the same as the database gets it, BEGIN and COMMIT too

What is written later goes as one, on PostgreSQL in one statement; `held_back` draws it. There it goes ahead of the
next statement, or of COMMIT, and BEGIN of the first (`asyncpg_connection`). So a document is, in round trips,

    BEGIN, the first read ─ what else is read and locked ─ all its writes, COMMIT

`sqlite_pool` and `asyncpg_safe` are Tortoise's engines made safe against cancellation; models use them as usual.
On SQLite transactions that queue for the one writer share a commit (`sqlite_commits`).
`migrate` brings a database to the state of the code.
"""

from jxc_graphql.kit.db.boundary import ForeignTask
from jxc_graphql.kit.db.connect import (
    Database,
    DatabaseUnavailable,
    answers,
    connect,
    has_replicas,
    open,  # noqa: A004  (read as db.open)
    settings,
    sqlite_path,
)
from jxc_graphql.kit.db.failures import CommitUnknown, timed_out, unavailable
from jxc_graphql.kit.db.held_back import RowsChanged
from jxc_graphql.kit.db.locks import hold, read_held
from jxc_graphql.kit.db.made import columns_of, insert_later, values_of
from jxc_graphql.kit.db.sizes import look_at_sizes, size
from jxc_graphql.kit.db.snapshot import at_once
from jxc_graphql.kit.db.sql import (
    Ids,
    day,
    dialect,
    execute,
    fetch,
    ids,
    json,
    later,
    lock,
    moment,
    position,
    rows,
    settle,
    together,
)
from jxc_graphql.kit.db.statements import on_the_wire, round_trips, statements
from jxc_graphql.kit.db.transaction import after_commit, after_rollback, in_transaction, transactional, try_to_write

__all__ = [
    "CommitUnknown",
    "Database",
    "DatabaseUnavailable",
    "ForeignTask",
    "Ids",
    "RowsChanged",
    "after_commit",
    "after_rollback",
    "answers",
    "at_once",
    "columns_of",
    "connect",
    "day",
    "dialect",
    "execute",
    "fetch",
    "has_replicas",
    "hold",
    "ids",
    "in_transaction",
    "insert_later",
    "json",
    "later",
    "lock",
    "look_at_sizes",
    "moment",
    "on_the_wire",
    "open",
    "position",
    "read_held",
    "round_trips",
    "rows",
    "settings",
    "settle",
    "size",
    "sqlite_path",
    "statements",
    "timed_out",
    "together",
    "transactional",
    "try_to_write",
    "unavailable",
    "values_of",
]
