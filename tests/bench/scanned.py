"""How many rows SQLite visits for a statement, as `sqlite3_stmt_scanstatus` tells where the library was built with it.

That of Python is not. One that is, of the same version, is named by SQLITE_SCANNED:

    gcc -O1 -shared -fPIC -DSQLITE_ENABLE_STMT_SCANSTATUS -DSQLITE_ENABLE_FTS5 sqlite3.c -o libsqlite3.so
"""

import ctypes
import os
import sqlite3
from collections.abc import Sequence
from typing import Any

LIBRARY = "SQLITE_SCANNED"
_ROW, _DONE = 100, 101
_VISITS, _NAME = 1, 3
_READ_ONLY, _FOREVER = 1, -1
_Pointer = ctypes.c_void_p


def is_there() -> bool:
    """Whether such a library is named."""
    return LIBRARY in os.environ


def visited(path: str, text: str, values: Sequence[Any]) -> int:
    """The rows of tables and indexes that loops came to, those that they let go included."""
    library = ctypes.CDLL(os.environ[LIBRARY])
    assert library.sqlite3_libversion_number() == _number(sqlite3.sqlite_version), "another version than Python's"
    database, statement = _Pointer(), _Pointer()
    _fine(library.sqlite3_open_v2(path.encode(), ctypes.byref(database), _READ_ONLY, None))
    try:
        _fine(library.sqlite3_prepare_v2(database, text.encode(), -1, ctypes.byref(statement), None))
        for place, value in enumerate(values, start=1):
            _fine(_bind(library, statement, place, value))
        while (step := library.sqlite3_step(statement)) == _ROW:
            pass
        assert step == _DONE, step
        found = _loops(library, statement)
        library.sqlite3_finalize(statement)
    finally:
        library.sqlite3_close_v2(database)
    with sqlite3.connect(path) as known:
        stored = {name for (name,) in known.execute("SELECT name FROM sqlite_master")}
    known.close()
    return sum(visits for name, visits in found if name in stored)


def _loops(library: ctypes.CDLL, statement: _Pointer) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    visits, name = ctypes.c_int64(), ctypes.c_char_p()
    while library.sqlite3_stmt_scanstatus(statement, len(found), _VISITS, ctypes.byref(visits)) == 0:
        library.sqlite3_stmt_scanstatus(statement, len(found), _NAME, ctypes.byref(name))
        found.append(((name.value or b"").decode(), max(visits.value, 0)))
    return found


def _bind(library: ctypes.CDLL, statement: _Pointer, place: int, value: Any) -> int:
    match value:
        case None:
            found = library.sqlite3_bind_null(statement, place)
        case int():
            found = library.sqlite3_bind_int64(statement, place, ctypes.c_int64(value))
        case float():
            found = library.sqlite3_bind_double(statement, place, ctypes.c_double(value))
        case str():
            told = value.encode()
            found = library.sqlite3_bind_text(statement, place, told, len(told), _Pointer(_FOREVER))
        case _:
            raise TypeError(value)
    return int(found)


def _number(version: str) -> int:
    major, minor, patch = map(int, version.split("."))
    return major * 1_000_000 + minor * 1_000 + patch


def _fine(code: int) -> None:
    assert code == 0, code
