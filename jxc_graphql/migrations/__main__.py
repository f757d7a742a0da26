"""Writes `0001_initial` anew from the models; only until the first release."""

import asyncio
import sys

from jxc_graphql.kit.db.migrate import make_initial
from jxc_graphql.wiring import MODEL_MODULES

if __name__ == "__main__":
    sys.stdout.write(asyncio.run(make_initial(MODEL_MODULES)) + "\n")
