"""What was exported on the command line comes in again there, in the language of the user, and changes nothing."""

from pathlib import Path

from tests.shell import jxc

COLUMNS = "code,name,product.code,unit,tracking,shelfLifeDays,isActive"


def test_skus_of_the_sample_go_out_and_come_in_again(installed: Path, tmp_path: Path) -> None:
    for line in (
        ("user", "create", "lin", "--name", "Lin", "--role", "ADMIN"),
        ("import", "--user", "lin"),
        (
            "export",
            "skus",
            "--user",
            "lin",
            "--language",
            "zh-CN",
            "--columns",
            COLUMNS,
            "-o",
            str(tmp_path / "skus.xlsx"),
        ),
    ):
        done = jxc(tmp_path, *line)
        assert done.returncode == 0, done.stderr
    done = jxc(tmp_path, "import", "SKUS", str(tmp_path / "skus.xlsx"), "--user", "lin")
    assert done.returncode == 0, done.stderr
    assert "0 rows created, 0 updated, 45 unchanged, 0 refused" in done.stderr
