"""Imported by the process that forks commands: what each of them would make first."""

import gc

from jxc_graphql.schema import schema

schema()
gc.collect()
gc.freeze()  # else each of them writes into all of it when it collects garbage, and so gets a copy
