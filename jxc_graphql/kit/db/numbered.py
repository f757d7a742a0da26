"""Statements as PostgreSQL takes them: parameters have numbers, and several writes can be one."""

import re
from functools import lru_cache

MISSED = "rows changed, which are more or fewer than must:"
_TOLD = 100
"""Characters of a statement that are told of it."""
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
    """One statement of several writes, which gives no rows; it fails where one that is counted missed its count."""
    parts = ", ".join(
        f"w{place} AS ({sql}{' RETURNING 1' if counted else ''})" for place, (sql, counted) in enumerate(writes)
    )
    checks = [
        f"(SELECT CAST(CASE count(*) WHEN ? THEN '0' ELSE count(*) || ' {MISSED} {_quoted(sql)}' END AS int) FROM w{place})"  # noqa: E501, S608  (names of our own)
        for place, (sql, counted) in enumerate(writes)
        if counted
    ]
    if len(writes) == 1 and not checks:
        return numbered(writes[0][0])
    return numbered(f"WITH {parts} SELECT 1 WHERE {' + '.join(checks) or '0'} > 0")


def _quoted(sql: str) -> str:
    """The beginning of a statement inside quotes."""
    return sql[:_TOLD].replace("'", "''")
