"""A copy of a database makes ids, and has a journal, that its original does not."""

from tortoise import migrations

from jxc_graphql.kit.db.operations import Statements

KEEP_NODES = """
    WITH RECURSIVE counted (n) AS (SELECT 768 UNION ALL SELECT n + 1 FROM counted WHERE n < 1023)
    INSERT INTO id_node (node, holder, through) SELECT n, 'kept for copies', 2199023255551 FROM counted WHERE true
    ON CONFLICT (node) DO UPDATE SET holder = excluded.holder, through = excluded.through"""


class Migration(migrations.Migration):
    """Copies."""

    operations = (
        Statements(
            sqlite=[KEEP_NODES],
            postgres=[
                KEEP_NODES,
                "CREATE OR REPLACE FUNCTION journal_line() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint'",
            ],
        ),
    )
