"""Writes the next migration: what the models changed since the last one. `make migration NAME=what_changed`."""

import asyncio
import sys

from jxc_graphql.kit.db.migrate import write
from jxc_graphql.wiring import MODEL_MODULES

if __name__ == "__main__":
    written = asyncio.run(write(sys.argv[1], MODEL_MODULES))
    sys.stdout.write(f"{written or 'No table changed.'}\n")
