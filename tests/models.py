"""Tortoise works out every model anew whenever a database is opened, which a suite does thousands of times.

What it works out depends on the dialect alone. So it is done once per process and dialect, and put back afterwards.
"""

from copy import copy
from functools import cache
from types import ModuleType
from typing import Any

from tortoise.apps import Apps
from tortoise.models import MetaInfo, Model

OF_A_DIALECT = (
    "filters", "db_native_fields", "db_default_fields", "db_complex_fields",
    "basetable", "basequery", "basequery_all_fields",
)  # fmt: skip

OURS = "jxc_graphql."
look_for = Apps._discover_models  # noqa: SLF001  (as below)
work_out = Apps._build_initial_querysets  # noqa: SLF001  (the price of a suite that opens databases all the time)


def remember() -> None:
    """Makes this process remember what was worked out."""
    known: dict[str, dict[MetaInfo, dict[str, Any]]] = {}

    def once(self: Apps) -> None:
        of_models = [model._meta for app in self.apps.values() for model in app.values()]  # noqa: SLF001
        dialect = of_models[0].default_connection or ""
        if known.get(dialect, {}).keys() != set(of_models):
            for of in of_models:
                put(of, {name: copy(value) for name, value in state(of).items()})  # what is there is written into
            work_out(self)
            known[dialect] = {of: state(of) for of in of_models}
        for of, worked_out in known[dialect].items():
            put(of, worked_out)

    @cache
    def of_ours(module: str, label: str) -> list[type[Model]]:
        return look_for(module, label)

    def found(module: ModuleType | str, label: str) -> list[type[Model]]:
        is_ours = isinstance(module, str) and module.startswith(OURS)
        return of_ours(module, label) if is_ours else look_for(module, label)

    Apps._discover_models = staticmethod(found)  # type: ignore[assignment]  # noqa: SLF001
    Apps._build_initial_querysets = once  # type: ignore[method-assign]  # noqa: SLF001


def state(of: MetaInfo) -> dict[str, Any]:
    """What Tortoise knows of a model in the dialect that was opened last."""
    return {name: getattr(of, name) for name in OF_A_DIALECT}


def put(of: MetaInfo, worked_out: dict[str, Any]) -> None:
    """Has Tortoise know that."""
    for name, value in worked_out.items():
        setattr(of, name, value)
