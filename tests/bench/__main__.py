"""`python -m tests.bench NAME [sqlite|postgres]` measures one thing and prints it; without a name, lists the names."""

import sys

from tests.bench import bombs, fanout, faults, races, reads

FIGURES = {
    "reads": reads.reads,
    "buyers": races.buyers,
    "one_key": races.one_key,
    "follow": races.follow,
    "cancellations": faults.cancellations,
    "kills": faults.kills,
    "fanout": fanout.fanout,
    "bombs": bombs.bombs,
}


def main(name: str = "", only: str | None = None) -> None:
    """Runs one figure, or says which there are."""
    if name not in FIGURES:
        for each, figure in FIGURES.items():
            print(f"{each:15} {figure.__doc__}")
        return
    FIGURES[name](only)


if __name__ == "__main__":
    main(*sys.argv[1:])
