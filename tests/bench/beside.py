"""Figures of this build beside those of v0.1.0, in alternating rounds: whatever else the machine does hits both alike.

`python -m tests.bench.beside NAME [ROUNDS]`. The bench of each commit measures that commit, at a
size at which a round is short. What is compared is what it prints, and how long it took.
"""

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from tests.bench.builds import tree_of

RELEASE = "v0.1.0"
POSTING = """
import statistics
from tests.bench import posting
ask = getattr(posting, "ask_clerk", None) or posting._ask  # its name in v0.1.0
with posting.kinds_of_databases(None) as kinds:
    for kind in kinds:
        with posting.process(posting._clerk, kind.new(), 0) as clerk:
            clerk.recv()
            taken = {what: [] for what in posting.ORDERS}
            for n in range(60):
                for what in posting.ORDERS:
                    taken[what].append(ask(clerk, (what, 10))[0])
        for what, seconds in taken.items():
            print(f"{kind.name}: {what} {1000 * statistics.median(seconds[10:]):.2f} ms")
"""
READS = """
from functools import partial
from tests.bench import reads
with reads.fresh_databases(None) as found:
    for name, url in found:
        call = reads.at(url, reads.prepare)[1]
        reads.at(url, partial(reads._in_process, name, call))
"""
BOMBS = """
import io
from contextlib import redirect_stdout
from functools import partial
from tests.bench import bombs
with bombs.fresh_databases(None) as found:
    for name, url in found:
        with redirect_stdout(io.StringIO()) as told:
            bombs.at(url, partial(bombs._ours, name))
        for line in told.getvalue().splitlines():
            print(f"{name}: {line.strip()}")
"""


class Side(msgspec.Struct, frozen=True):
    """How a figure is measured on a tree, and what of it is compared."""

    code: str
    sizes: dict[str, str] = {}
    """What stands for what in the benches of both trees, so that a round is short."""
    lower: str = r"$^"
    """What is better when lower: a pattern of a title and a number."""
    higher: str = r"$^"
    timed: bool = False
    """Whether the time of the whole is compared."""


def _figure(module: str, name: str) -> str:
    return f"from tests.bench import {module} as bench\nbench.{name}()"


SIDES = {
    "buyers": Side(_figure("races", "buyers"), {"UNITS = 20, 4": "UNITS = 6, 4"}, timed=True),
    "crossing": Side(
        _figure("crossing", "crossing"),
        {
            "8, 500, 5": "8, 100, 5",
            'set_up(SKUS, "50")': 'set_up(SKUS, "1000000")',
        },  # goods ran out before documents did
        higher=r"(\w+): .*?\((\d+)/s\)",
    ),
    "kills": Side(
        _figure("faults", "kills"), {"KILLS = 25": "KILLS = 6"}, higher=r"(\w+): \d+ kills, (\d+) acknowledged"
    ),
    "cancellations": Side(
        _figure("faults", "cancellations"),
        {"CANCELLED, AT_ONCE = 2000": "CANCELLED, AT_ONCE = 600"},
        lower=r"(\w+): .*? receipts got through; (\d+) s",
        higher=r"(\w+): .*?; (\d+) receipts",
    ),
    "fanout": Side(
        _figure("fanout", "fanout"),
        higher=r"(sqlite|postgres): .*?subscribers: ([\d,]+) deliveries",
    ),
    "reads": Side(READS, lower=r"((?:sqlite|postgres): [^:]+): us ([\d.]+) ms"),
    "posting": Side(POSTING, lower=r"(\w+: \w+) ([\d.]+) ms"),
    "bombs": Side(
        BOMBS,
        lower=r"(\w+: (?:slowest|longest stall of the event loop)) ([\d.]+) ms",
    ),
}


def _told(side: Side, commit: str, tree: Path) -> dict[str, float]:
    """What one round on a tree says, as numbers that are better when they are higher."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", side.code], cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)}, text=True,
        stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    seconds = time.monotonic() - began
    print(f"{commit}, {seconds:.0f} s:", done.stdout, sep="\n", flush=True)
    found = {f"1/{title}": 1 / max(float(number), 1e-9) for title, number in re.findall(side.lower, done.stdout)}
    found |= {title: float(number.replace(",", "")) for title, number in re.findall(side.higher, done.stdout)}
    return found | ({"1/seconds": 1 / seconds} if side.timed else {})


def _resize(tree: Path, sizes: dict[str, str]) -> None:
    for path in (tree / "tests" / "bench").glob("*.py"):
        text = path.read_text()
        for size, other in sizes.items():
            text = text.replace(size, other)
        path.write_text(text)


def beside(name: str, rounds: int = 5) -> None:
    """The median of the ratios of so many rounds, for each number that the figure prints (expected: >= 0.95)."""
    ratios: dict[str, list[float]] = {}
    with tree_of(RELEASE) as before, tree_of("HEAD") as after:
        trees = {RELEASE: before, "HEAD": after}
        for tree in trees.values():
            _resize(tree, SIDES[name].sizes)
        for n in range(rounds):
            told = {commit: _told(SIDES[name], commit, trees[commit]) for commit in sorted(trees, reverse=n % 2 == 0)}
            for title, number in told["HEAD"].items():
                ratios.setdefault(title, []).append(number / told[RELEASE][title])
    for title, found in ratios.items():
        each = ", ".join(f"{ratio:.2f}" for ratio in found)
        print(f"{name}: {title}: {statistics.median(found):.2f} of {RELEASE} ({each})", flush=True)


if __name__ == "__main__":
    beside(sys.argv[1], *map(int, sys.argv[2:]))
