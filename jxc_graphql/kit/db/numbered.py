"""Statements as PostgreSQL takes them: parameters have numbers, and several writes can be one."""

import re
from functools import lru_cache

_PLACEHOLDER = re.compile(r"""('(?:[^']|'')*'|"[^"]*")|\?""")


@lru_cache(maxsize=2048)
def numbered(sql: str) -> str:
    """The statement with `$1`, `$2`, … for its `?`, except inside quotes."""
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        if match[1]:
            return match[1]
        count += 1
        return f"${count}"

    return _PLACEHOLDER.sub(number, sql)


@lru_cache(maxsize=2048)
def together(writes: tuple[tuple[str, bool], ...]) -> str:
    """One statement of several writes; it gives the counts of those that are counted, and 0 for the others."""
    parts = ", ".join(
        f"w{place} AS ({sql}{' RETURNING 1' if counted else ''})" for place, (sql, counted) in enumerate(writes)
    )
    counts = [
        f"(SELECT count(*) FROM w{place})" if counted else "0"  # noqa: S608  (names of our own)
        for place, (_, counted) in enumerate(writes)
    ]
    return numbered(f"WITH {parts} SELECT {', '.join(counts)}")
