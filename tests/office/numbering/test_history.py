"""What was counted before there were rules is counted on."""

import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

import jxc_graphql.migrations
from jxc_graphql.kit import db
from jxc_graphql.kit.db.migrate import migrate
from jxc_graphql.office.documents.operations import next_number
from jxc_graphql.wiring import MODEL_MODULES

HISTORY = Path(jxc_graphql.migrations.__file__).parent
THE_RULES = next(path.stem for path in HISTORY.glob("*_numbering_rules.py"))


@pytest.fixture
def before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The package of the migrations that there were before the rules."""
    package = tmp_path / "before_numbering_rules"
    package.mkdir()
    for path in HISTORY.glob("*.py"):
        if path.stem < THE_RULES or path.stem == "__init__":
            shutil.copy(path, package)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
        monkeypatch.delitem(sys.modules, name)
    return package.name


async def test_numbers_go_on_where_they_were(empty_url: str, before: str) -> None:
    async with db.open(empty_url, MODEL_MODULES) as database:
        await migrate(database, before)
        await db.transactional(db.execute)(
            "INSERT INTO document_number (series, last_number) VALUES ('PO2026', 41), ('LNR2025', 7)"
        )
        await migrate(database)
        rows = await db.fetch("SELECT series, last_number FROM document_number ORDER BY last_number")
        assert rows == [("LNR-####-|2025", 7), ("PO-####-|2026", 41)]
        taken = await db.transactional(next_number)("PO", date(2026, 6, 1))
        assert taken == "PO-2026-00042"
