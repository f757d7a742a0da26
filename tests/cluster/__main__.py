"""`python -m tests.cluster [NAME]` tries one thing, or everything, and prints what came of it."""

import sys
import tempfile
import time
from pathlib import Path

from tests.cluster import failover, operator, pooler, replica, silence, urls, versions

CASES = {
    "silence": silence.silence,
    "urls": urls.urls,
    "pooler": pooler.pooler,
    "versions": versions.versions,
    "failover": failover.failover,
    "replica": replica.replica,
    "operator": operator.operator,
}


def main(name: str = "") -> None:
    """Tries what is named."""
    for case in [name] if name else CASES:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="jxc_cluster_") as folder:
            for line in CASES[case](Path(folder)):
                print(f"{case}: {line}", flush=True)
        print(f"{case}: done in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
