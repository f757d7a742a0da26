"""What a database holds, as lines that can be compared: columns, checks, keys, indexes, triggers and their functions.

Comments are left out: they are not what a table does.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

_SQLITE = "SELECT type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
_POSTGRES = """
    WITH ours AS (SELECT oid, relname FROM pg_class
                  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p'))
    SELECT 'column', relname, concat_ws(' ', attname, format_type(atttypid, atttypmod),
           CASE WHEN attnotnull THEN 'NOT NULL' END, pg_get_expr(adbin, adrelid))
    FROM ours JOIN pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped
         LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    UNION ALL
    SELECT 'constraint', relname, conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
    FROM ours JOIN pg_constraint ON conrelid = ours.oid AND contype IN ('p', 'u', 'f', 'c', 'x')
    UNION ALL
    SELECT 'index', relname, pg_get_indexdef(indexrelid)
    FROM ours JOIN pg_index ON indrelid = oid
    WHERE NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
    UNION ALL
    SELECT 'trigger', relname, concat_ws(' ', pg_get_triggerdef(pg_trigger.oid), prosrc)
    FROM ours JOIN pg_trigger ON tgrelid = ours.oid AND NOT tgisinternal JOIN pg_proc ON pg_proc.oid = tgfoid"""


async def catalog(client: Any) -> dict[str, frozenset[str]]:
    """Each table of the schema that the connection writes in, and the lines that tell of it."""
    is_sqlite = client.capabilities.dialect == "sqlite"
    lines: dict[str, set[str]] = {}
    if not is_sqlite:
        ((schema,),) = await client.fetch("SELECT current_schema()")
    for kind, table, text in await client.fetch(_SQLITE if is_sqlite else _POSTGRES):
        told = _definitions(text) if kind == "table" else [text if is_sqlite else text.replace(f" {schema}.", " ")]
        lines.setdefault(table, set()).update(f"{kind} {_plain(each)}" for each in told)
    return {table: frozenset(each) for table, each in lines.items()}


def differences(expected: dict[str, frozenset[str]], found: dict[str, frozenset[str]]) -> Iterator[str]:
    """What is missing, and what is too much in the tables that are expected, except an index that only makes faster."""
    for table, lines in sorted(expected.items()):
        if table not in found:
            yield f"{table} is missing"
            continue
        yield from (f"{table} lacks: {line}" for line in sorted(lines - found[table]))
        more = sorted(found[table] - lines)
        yield from (f"{table} has: {line}" for line in more if not re.match("index CREATE INDEX ", line))


def _definitions(create: str) -> Iterable[str]:
    """The columns and constraints within the outer brackets of CREATE TABLE."""
    text = re.sub(r"/\*.*?\*/", "", create, flags=re.DOTALL)
    start = text.index("(") + 1
    depth = 0
    for at in range(start, len(text)):
        if text[at] == "," and not depth:
            yield text[start:at]
            start = at + 1
        depth += {"(": 1, ")": -1}.get(text[at], 0)
    yield text[start : text.rindex(")")]


def _plain(text: str) -> str:
    """Without spaces; without what PostgreSQL writes more or less of in checks: casts of texts, and brackets."""
    if "::" in text:
        text = re.sub(r"[()]", "", re.sub(r"::(?:text|character varying)(?:\[\])?(?=\W|$)", "", text))
    return re.sub(r"\s+([,)])", r"\1", " ".join(text.split()))
