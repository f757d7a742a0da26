"""Which database the running task works with: its ids, its days and its statements are that one's.

A process is connected to one, which all tasks find. Work with another one beside it runs in a task of its own
(`Database.run`).
"""

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jxc_graphql.kit.db.boundary import Transaction
    from jxc_graphql.kit.db.connect import Database
    from jxc_graphql.kit.db.snapshot import Snapshot

_of_process: "Database | None" = None
_of_task: ContextVar["Database | None"] = ContextVar("database", default=None)
within: ContextVar["Transaction | Snapshot | None"] = ContextVar("within", default=None)
"""The transaction, or the snapshot, that the running task is in."""


def database() -> "Database | None":
    """The one of the running task; None where none is connected."""
    return _of_task.get() or _of_process


def use(database: "Database") -> None:
    """Makes it the one of all tasks that are given no other."""
    global _of_process  # noqa: PLW0603  (a process is connected to one; others belong to tasks)
    _of_process = database


def forget(database: "Database") -> None:
    """Leaves all tasks without it; nothing where they work with another one."""
    global _of_process  # noqa: PLW0603  (as above)
    if _of_process is database:
        _of_process = None


def use_here(database: "Database") -> None:
    """Makes it the one of the running context, and of the tasks that begin in it."""
    _of_task.set(database)
    within.set(None)
