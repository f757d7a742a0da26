"""Every word that people may be shown has a label in both languages."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from graphql import GraphQLEnumType, build_schema
from tortoise.models import Model

from jxc_graphql import features
from jxc_graphql.kit.happened import kind_of
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.labels import catalogue, english, label
from jxc_graphql.schema import schema
from tests.shell import jxc

PUBLISHED = build_schema((Path(__file__).parents[2] / "schema" / "schema.graphql").read_text())


@cache
def printed() -> dict[str, dict[str, dict[str, str]]]:
    """What the command prints, where no test has facts and reasons of its own."""
    with TemporaryDirectory() as folder:
        told = jxc(Path(folder), "schema", "--format", "labels")
    labels: dict[str, dict[str, dict[str, str]]] = json.loads(told.stdout)
    return labels


def test_every_value_of_every_enum_has_both_labels() -> None:
    for name, values in printed().items():
        missing = [value for value, texts in values.items() if not all(texts.values())]
        assert not missing, f"put {name}.{missing} into the labels.toml of its feature, or Chinese into its description"


def _is_model(one: object) -> bool:
    return isinstance(one, type) and issubclass(one, Model)


def test_every_label_that_stands_in_a_file_is_of_something() -> None:
    enums = schema().types.enums
    fields = {value for name, one in enums.items() if name.endswith("OrderField") for value in one.values}
    tables = {one.__name__ for module in features.modules("models") for one in vars(module).values() if _is_model(one)}
    for kind, texts in catalogue().items():
        things = set(schema().types.objects) | tables  # which may refer to what is to be deleted
        known = {"Fact": set(Fact.registry), "field": fields, "Kind": things}.get(kind)
        assert set(texts) <= (set(enums[kind].values) if known is None else known), kind


def test_a_fact_is_told_in_the_language_of_the_reader() -> None:
    assert kind_of("PurchaseOrderApproved") == "PURCHASE_ORDER_APPROVED"
    assert label("Fact", "PurchaseOrderApproved", "en") == "Purchase order approved"
    assert label("Fact", "PurchaseOrderApproved", "zh-CN") == "审核采购订单"
    assert english("SKU_CODE") == "SKU code"


def test_they_are_those_of_the_published_enums() -> None:
    enums = {name: kind for name, kind in PUBLISHED.type_map.items() if isinstance(kind, GraphQLEnumType)}
    told = printed()
    assert {name: set(values) for name, values in told.items()} == {
        name: set(kind.values) for name, kind in enums.items() if not name.startswith("__")
    }
    assert told["DocumentStatus"]["DRAFT"] == {"en": "Draft", "zh-CN": "草稿"}
