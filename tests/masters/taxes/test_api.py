"""What a page does with tax codes: the documents of schema/operations/taxes.graphql."""

from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.masters.taxes import operations
from jxc_graphql.masters.taxes.models import NONE
from tests.operations import ask

NEW = {"code": " 17 ", "name": "增值税 17%", "kind": "STANDARD", "rate": "0.17"}


async def say(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, "taxes", operation, {"input": given})


async def test_every_database_begins_with_these(client: httpx.AsyncClient) -> None:
    nodes = (await ask(client, "taxes", "TaxCodes", {}))["nodes"]
    assert {one["code"]: (one["kind"], Decimal(one["rate"])) for one in nodes} == {
        "13": ("STANDARD", Decimal("0.13")),
        "9": ("STANDARD", Decimal("0.09")),
        "6": ("STANDARD", Decimal("0.06")),
        "3": ("SIMPLE", Decimal("0.03")),
        "1": ("SIMPLE", Decimal("0.01")),
        "0": ("ZERO", 0),
        "EXEMPT": ("EXEMPT", 0),
        "OUT_OF_SCOPE": ("OUT_OF_SCOPE", 0),
        "NONE": ("OUT_OF_SCOPE", 0),
    }
    days = {one["code"]: (one["startsOn"], one["endsOn"]) for one in nodes}
    assert (days["1"], days["13"]) == (("2026-01-01", "2027-12-31"), ("2019-04-01", None))


async def test_a_code_is_made_and_ends(client: httpx.AsyncClient) -> None:
    made = (await say(client, "CreateTaxCode", **NEW, startsOn="2009-01-01"))["taxCode"]
    assert (made["code"], made["rate"], made["endsOn"], made["version"]) == ("17", "0.17", None, 1)
    ended = (await say(client, "UpdateTaxCode", id=made["id"], endsOn="2018-04-30", expectedVersion=1))["taxCode"]
    assert ended == made | {"endsOn": "2018-04-30", "version": 2}
    refused = await say(client, "UpdateTaxCode", id=made["id"], endsOn="2008-12-31")
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [
        ("TAX_CODE_ENDS_BEFORE_START", ["input", "endsOn"])
    ]
    refused = await say(client, "CreateTaxCode", **NEW)
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [("CODE_TAKEN", ["input", "code"])]
    again = (await say(client, "UpdateTaxCode", id=made["id"], endsOn=None, name="旧税率"))["taxCode"]
    assert again == made | {"name": "旧税率", "version": 3}


async def test_what_nobody_said_a_code_for_has_one_that_always_holds(client: httpx.AsyncClient) -> None:
    refused = await say(client, "UpdateTaxCode", id=global_id("TaxCode", NONE), endsOn="2026-12-31")
    assert [one["code"] for one in refused["userErrors"]] == ["TAX_CODE_ALWAYS_HOLDS"]
    named = (await say(client, "UpdateTaxCode", id=global_id("TaxCode", NONE), name="无"))["taxCode"]
    assert (named["code"], named["name"]) == ("NONE", "无")


@pytest.mark.parametrize(
    ("kind", "rate", "code"),
    [
        ("STANDARD", "0", "MUST_BE_POSITIVE"),
        ("SIMPLE", "-0.01", "MUST_BE_POSITIVE"),
        ("STANDARD", "1", "OUT_OF_BOUNDS"),
        ("EXEMPT", "0.13", "OUT_OF_BOUNDS"),
        ("ZERO", "-0.0001", "OUT_OF_BOUNDS"),
        ("STANDARD", "0.00001", "TOO_MANY_DECIMALS"),
    ],
)
async def test_a_rate_is_one_of_its_kind(client: httpx.AsyncClient, kind: str, rate: str, code: str) -> None:
    refused = await say(client, "CreateTaxCode", **NEW | {"kind": kind, "rate": rate})
    assert [(one["code"], one["path"]) for one in refused["userErrors"]] == [(code, ["input", "rate"])]


async def test_it_takes_the_permission(call: Call) -> None:
    reader = msgspec.structs.replace(call, permissions=frozenset({"MANAGE_CATALOG"}))
    with pytest.raises(Forbidden):
        await operations.update_tax_code(reader, tax_code_id=NONE, name="x")
