"""Imported by the process that forks commands: what each of them would make first."""

from jxc_graphql.schema import schema

schema()
