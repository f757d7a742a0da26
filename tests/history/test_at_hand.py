"""Where the history of the program is not at hand, its tests say so; where it should be, they fail."""

import subprocess
from pathlib import Path

import pytest

from tests.history import states

SOMEBODY = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
NOWHERE = "18d543d315e6d628006e5b6ce921c3475675cb8c"


def git(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", "-C", folder, *SOMEBODY, *arguments], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for day in ("first", "second"):
        git(folder, "commit", "--quiet", "--allow-empty", "--message", day)
    return folder


def test_a_commit_of_this_clone_is_at_hand(clone: Path) -> None:
    states.check_history(git(clone, "rev-parse", "HEAD^"), clone)


def test_a_folder_that_is_no_clone_has_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.skip.Exception, match="no clone"):
        states.check_history(NOWHERE, tmp_path)


def test_a_shallow_clone_says_how_to_deepen_it(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = git(clone, "rev-parse", "HEAD^")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{clone}", "shallow")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.skip.Exception, match=r"shallow and lacks .* git fetch --unshallow"):
        states.check_history(first, tmp_path / "shallow")


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_whole_clone_without_a_release_fails_where_ci_runs(
    clone: Path, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="lacks 18d543d, which is released"):
        states.check_history(NOWHERE, clone)
