"""What tests remember of Tortoise's models is what it would work out."""

import asyncio
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from tortoise.apps import Apps
from tortoise.models import MetaInfo

from jxc_graphql.kit import db
from jxc_graphql.wiring import MODEL_MODULES
from tests import databases, models


def known(of: MetaInfo) -> dict[str, Any]:
    """All that Tortoise knows of a model now; queries and filters by their kind and text."""
    values = {name: getattr(of, name, None) for name in MetaInfo.__slots__}
    texts = {name: (type(value), str(value)) for name, value in values.items() if "query" in name or "filter" in name}
    return values | {name: copy(value) for name, value in values.items() if isinstance(value, dict | list)} | texts


async def opened(url: str) -> dict[MetaInfo, dict[str, Any]]:
    async with db.open(url, MODEL_MODULES) as database:
        apps = database.context.apps
        assert apps
        return {model._meta: known(model._meta) for model in apps.get_models_iterable()}  # noqa: SLF001


def test_what_is_put_back_is_what_is_worked_out(
    sqlite_template: Path, postgres: databases.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite = f"sqlite:///{sqlite_template}"
    with postgres.clone() as other:
        urls = (sqlite, other, sqlite, other)
        remembered = [asyncio.run(opened(url)) for url in urls]
        monkeypatch.setattr(Apps, "_build_initial_querysets", models.work_out)
        for before, after in zip(remembered, [asyncio.run(opened(url)) for url in urls], strict=True):
            assert before == after
    here, there = remembered[:2]
    differ = {name for of, values in here.items() for name, value in values.items() if value != there[of][name]}
    assert differ == {*models.OF_A_DIALECT, "default_connection"} - {"basetable"}
