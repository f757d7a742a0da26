from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given

from tests.exchange.sheets import SHEETS, Sheet, check


@given(sheet=SHEETS)
def test_any_file_is_read_as_it_was_written_or_refused(sheet: Sheet) -> None:
    with TemporaryDirectory() as folder:
        check(Path(folder), sheet)
