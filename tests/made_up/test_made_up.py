"""A kind of document that nothing knows has what every document has, by what its feature declares."""

import re
import subprocess
import sys
from pathlib import Path

OURS = Path(__file__).parent
AT_LEAST = 20
"""Tries of it: about as many as there are such tests, on both databases."""


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-p", "tests.made_up.plugin"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


def test_it_lives_as_every_document_does() -> None:
    done = ran(str(OURS / "life.py"))
    assert done.returncode == 0, done.stdout


def test_what_is_true_of_all_kinds_is_true_of_it() -> None:
    """But for what it has not: a day of the books, sums to compare, and clients with documents of their own for it."""
    contracts = OURS.parent / "contracts"
    files = [str(contracts / f"test_{name}.py") for name in ("making", "lives", "copying")]
    lacks = ("open_day", "compared_with", "in_its_time")
    done = ran(*files, "-k", " and not ".join(("tried_for_each", *lacks)))
    assert done.returncode == 0, done.stdout
    tried = re.search(r"([0-9]+) subtests passed", done.stdout)
    assert tried
    assert int(tried[1]) >= AT_LEAST, done.stdout
