"""Every code has a text in every language, with the same fields."""

import importlib
import pkgutil
import string
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

import jxc_graphql
from jxc_graphql.kit import labels, messages
from jxc_graphql.kit.errors import Reason, UnknownId, WrongKindOfId

PACKAGE = Path(jxc_graphql.__file__).parent
for module in pkgutil.walk_packages(jxc_graphql.__path__, "jxc_graphql."):
    if module.name.endswith((".rules", ".payload", ".journal", ".text", ".lines", ".units")):
        importlib.import_module(module.name)


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


OURS = sorted(code for code, reason in Reason.registry.items() if reason.__module__.startswith("jxc_graphql."))


@pytest.mark.parametrize("code", OURS)
def test_every_reason_has_texts_that_use_only_its_fields(code: str) -> None:
    known = {field.name for field in msgspec.structs.fields(Reason.registry[code])}
    for text in messages.catalogue()[code].values():
        assert fields_of(text) <= known


@pytest.mark.parametrize("path", messages.FILES, ids=lambda path: path.parent.name)
def test_texts_stand_once_beside_their_reasons_in_all_languages(path: Path) -> None:
    here = ".".join(path.parent.relative_to(PACKAGE.parent).parts)
    for code, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
        reason = Reason.registry.get(code)
        assert reason is None or reason.__module__.startswith(f"{here}."), code
        assert texts == messages.catalogue()[code]
        assert tuple(texts) == messages.LOCALES
        assert len({frozenset(fields_of(text)) for text in texts.values()}) == 1


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("de, en;q=0.3, zh;q=0.2", "en"),
        ("en;q=0, zh;q=0.1", "zh-CN"),
        ("*", "en"),
        (";;q=x,,", "en"),
        ("de," * 19 + "zh", "zh-CN"),
        ("de," * 20 + "zh", "en"),
    ],
)
def test_chooses_the_language_that_the_client_likes_best(header: str, locale: str) -> None:
    assert messages.choose_locale(header) == locale


def test_fills_in_numbers_enums_and_lists() -> None:
    from jxc_graphql.office.documents.states import (  # noqa: PLC0415
        DocumentAction,
        DocumentStatus,
        IllegalTransition,
    )
    from jxc_graphql.schema import schema  # noqa: PLC0415  (as above)

    fields: dict[str, Any] = {"status": DocumentStatus.DRAFT, "action": DocumentAction.SHIP}
    reason = IllegalTransition(**fields, allowed=(DocumentAction.SUBMIT, DocumentAction.CANCEL))
    assert messages.render(reason, "en") == "Ship is not possible while the status is Draft; possible: Submit, Cancel."
    schema()  # which says what the values mean
    assert messages.render(reason, "zh-CN") == "状态为 草稿 时不能执行 出库；可执行：提交, 作废。"


def test_kinds_of_things_are_named_in_the_language_of_who_reads() -> None:
    from jxc_graphql.schema import schema  # noqa: PLC0415  (what is tested here needs no schema else)

    kinds = {one.name for one in schema().types.objects.values() if one.table is not None}
    assert {kind for kind in kinds if labels.chinese("Kind", kind) is None} == set()
    assert messages.render(UnknownId(kind="Supplier"), "zh-CN") == "没有这个供应商。"
    assert messages.render(UnknownId(kind="Supplier"), "en") == "There is no such Supplier."
    assert messages.render(WrongKindOfId(kind="Sku"), "zh-CN") == "这是其他对象的标识，不是规格的标识。"
