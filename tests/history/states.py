"""The states of the program that made databases which are still there, and the code of each, out of git."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest

ROOT = Path(__file__).parent.parent.parent


class State(msgspec.Struct, frozen=True):
    """A commit, what fills a database by its code, and the texts of its migrations as they are today."""

    commit: str
    fill: str = ""
    migrations: dict[str, str] = {}


RELEASES = {
    "0.1.0": State(
        "18d543d315e6d628006e5b6ce921c3475675cb8b",
        fill="fill_0_1_0.py",
        migrations={
            "0001_initial": "c62da91101e2557fe14b0206ded8e753023e23a8f689c39ace3675d9827883d1",
            "0002_guards": "cee520c8333945aaf7076ce62fa860c119390d400d65d4bce18e6b0db27735b3",
        },
    )
}
MOVED = {"reservation": "claim", "user_warehouse": "user_scope"}
"""Where the rows of tables are that are no more."""
FORGOTTEN = {"login_throttle"}
"""Tables whose rows nobody missed."""
UNRELEASED = State("61eafecd78ea336564d3145a430cde699ae36b32")
"""On the way to 0.1.0: migrations of the same names, but other tables."""


class Made(msgspec.Struct, frozen=True):
    """A database that a release filled, and what its code said of it."""

    url: str
    rows: dict[str, int]
    facts: dict[str, list[str]]


def unpack(state: State, folder: Path) -> Path:
    """A folder with the code of a state; skips the test where git does not have it."""
    check_history(state.commit)
    folder.mkdir(exist_ok=True)
    archive = folder / "state.tar"
    _git("archive", "--output", str(archive), state.commit, "jxc_graphql", "tests", check=True)
    subprocess.run(["tar", "-xf", archive, "-C", folder], check=True)
    archive.unlink()
    return folder


def run(code: Path, script: Path, *arguments: str) -> str:
    """What a script prints that runs in the code of a state; the libraries are those of today."""
    environment = os.environ | {"PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, script, *arguments], cwd=code, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def check_history(commit: str, root: Path = ROOT) -> None:
    """Skips where the history is not at hand, fails where it should be."""
    if not (root / ".git").exists():
        pytest.skip("this is no clone: earlier states of the program are not at hand")
    if _git("cat-file", "-e", f"{commit}^{{commit}}", root=root).returncode == 0:
        return
    if _git("rev-parse", "--is-shallow-repository", root=root).stdout.strip() == "true":
        pytest.skip(f"this clone is shallow and lacks {commit[:7]}: git fetch --unshallow")
    refuse(f"this clone lacks {commit[:7]}, which is released: git fetch --all")


def tagged(version: str) -> str | None:
    """The commit that a version's tag points to; tags need not be at hand."""
    found = _git("rev-parse", "--verify", "--quiet", f"refs/tags/v{version}^{{commit}}")
    return found.stdout.strip() or None


def refuse(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def _git(*arguments: str, root: Path = ROOT, check: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=check)
