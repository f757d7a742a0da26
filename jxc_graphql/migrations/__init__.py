"""How the database came to be: applied in the order of their names by `kit.db.migrate`.

Until the first release `0001_initial` is written anew whenever a model changes: `python -m jxc_graphql.migrations`.
"""
