"""The audit log: what is in it, who sees it, and how it leaves the program."""

import asyncio
import csv
import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from jxc_graphql import features, schema
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden
from jxc_graphql.kit.journal import Fact
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.office.audit import api, readings
from jxc_graphql.office.audit import operations as audit
from jxc_graphql.office.auth import operations
from jxc_graphql.office.auth.operations import system_call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.wiring import MODEL_MODULES
from tests.accounts import PASSWORD, made, token_of
from tests.operations import limit_to, send


async def log(client: httpx.AsyncClient, **where: Any) -> list[dict[str, Any]]:
    answer = await send(client, "audit", "AuditLog", {"first": 50, "where": where})
    assert "errors" not in answer, answer
    found: list[dict[str, Any]] = answer["data"]["auditLog"]["nodes"]
    return found


async def refused(client: httpx.AsyncClient) -> str:
    answer = await send(client, "audit", "AuditLog", {"first": 1})
    code: str = answer["errors"][0]["extensions"]["code"]
    return code


async def test_tells_who_did_what_when_and_from_where(client: httpx.AsyncClient, call: Call) -> None:
    assert call.actor_id
    ann = await made("ann", "BUYER")
    answer = await client.post(
        "/graphql",
        headers={"x-request-id": "asked-here"},
        json={
            "query": "mutation($input: DeactivateUserInput!) { deactivateUser(input: $input) { user { id } } }",
            "variables": {"input": {"id": global_id("User", ann)}},
        },
    )
    assert answer.json()["data"]["deactivateUser"]["user"]
    client.headers["accept-language"] = "zh-CN"
    (entry,) = await log(client, what={"eq": "UserDeactivated"})
    assert (entry["kind"], entry["text"]) == ("USER_DEACTIVATED", "停用用户")
    client.headers["accept-language"] = "en"
    (entry,) = await log(client, what={"eq": "UserDeactivated"})
    assert (entry["kind"], entry["text"]) == ("USER_DEACTIVATED", "User deactivated")
    assert entry["actor"] == {"id": global_id("User", call.actor_id), "name": "Administrator"}
    assert (entry["subject"], entry["address"], entry["requestId"]) == (
        global_id("User", ann),
        "127.0.0.1",
        "asked-here",
    )
    assert msgspec.json.decode(entry["detail"]) == {"user_id": ann}


async def test_tells_of_sign_ins_and_wrong_passwords(client: httpx.AsyncClient) -> None:
    ann = await made("ann", "BUYER", password=PASSWORD)
    anonymous = {"authorization": client.headers.pop("authorization")}
    for username, password in (("ann", "wrong horse"), ("eve", "wrong horse"), ("ann", PASSWORD)):
        given = {"username": username, "password": password}
        await send(client, "auth", "Login", {"input": given})
    client.headers.update(anonymous)
    entries = await log(client, what={"in": ["LoginFailed", "LoggedIn"]})
    subject = global_id("User", ann)
    assert [(one["what"], one["subject"], one["actor"] and one["actor"]["id"], one["address"]) for one in entries] == [
        ("LoggedIn", subject, subject, "127.0.0.1"),
        ("LoginFailed", None, None, "127.0.0.1"),
        ("LoginFailed", subject, None, "127.0.0.1"),
    ]


async def test_is_filtered_by_who_what_when_and_where(client: httpx.AsyncClient, call: Call) -> None:
    assert call.actor_id
    mine = {"actorId": {"eq": global_id("User", call.actor_id)}}
    here = (await create_warehouse(call, code="W1", name="W1")).warehouse_id
    assert [one["what"] for one in await log(client, **mine)] == ["WarehouseCreated"]
    assert (await log(client, **mine))[0]["subject"] == global_id("Warehouse", here)
    assert await log(client, **mine, address={"eq": "192.0.2.1"}) == []
    assert await log(client, at={"gt": (clock.now() + timedelta(minutes=1)).isoformat()}) == []


async def test_is_for_those_who_may_and_who_see_everything(client: httpx.AsyncClient, call: Call) -> None:
    boss = await made("boss", "ADMIN")
    for user_id in (await made("manager", "MANAGER"), boss):
        client.headers["authorization"] = f"Bearer {await token_of(user_id)}"
        if user_id != boss:
            assert await refused(client) == "FORBIDDEN"
    assert await log(client)
    here = (await create_warehouse(call, code="W1", name="W1")).warehouse_id
    await limit_to(boss, here)
    assert await refused(client) == "FORBIDDEN"


VALUATION = "{ stockValuation(groupBy: WAREHOUSE) { value } }"


async def test_tells_who_read_costs_once_a_minute(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        answer = (await client.post("/graphql", json={"query": VALUATION})).json()
        assert "errors" not in answer
    assert await log(client, what={"eq": "CostsRead"}) == []
    await readings.write_readings()
    await readings.write_readings()
    (entry,) = await log(client, what={"eq": "CostsRead"})
    assert msgspec.json.decode(entry["detail"])["report"] == "stock_valuation"
    assert (entry["actor"]["name"], entry["address"]) == ("Administrator", "127.0.0.1")
    later = clock.now() + readings.NOTE_STEP
    monkeypatch.setattr(clock, "now", lambda: later)
    await client.post("/graphql", json={"query": VALUATION})
    await readings.write_readings()
    assert len(await log(client, what={"eq": "CostsRead"})) == 2


async def test_who_may_not_see_costs_has_not_read_them(client: httpx.AsyncClient, call: Call) -> None:
    admin = client.headers["authorization"]
    client.headers["authorization"] = f"Bearer {await token_of(await made('sam', 'SELLER'))}"
    query = "{ stockValuation(groupBy: WAREHOUSE) { onHand } }"
    await client.post("/graphql", json={"query": query})
    await readings.write_readings()
    client.headers["authorization"] = admin
    assert await log(client, what={"eq": "CostsRead"}) == []


async def test_a_reading_that_cannot_be_written_waits(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    readings.note(call, "stock_ageing")

    async def fail(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(readings, "_write", fail)
        with pytest.raises(ConnectionError):
            await readings.write_readings()
    await readings.write_readings()
    rows = await db.fetch("SELECT actor_id FROM journal WHERE name = 'CostsRead'")
    assert rows == [(call.actor_id,)]


async def test_a_reading_is_written_once_by_whoever_writes(call: Call) -> None:
    readings.note(call, "stock_ageing")
    await asyncio.gather(readings.write_readings(), readings.write_readings())
    assert len(await db.fetch("SELECT id FROM journal WHERE name = 'CostsRead'")) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_reading_belongs_to_its_database(call: Call, sqlite_template: Path, tmp_path: Path) -> None:
    readings.note(call, "stock_ageing")
    other = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.sqlite3')}"
    beside = await db.connect(other, MODEL_MODULES, beside=True)
    try:
        await beside.run(readings.write_readings())
        assert await beside.run(db.fetch("SELECT id FROM journal WHERE name = 'CostsRead'")) == []
    finally:
        await beside.close()
    await readings.write_readings()
    assert len(await db.fetch("SELECT id FROM journal WHERE name = 'CostsRead'")) == 1


async def test_leaves_the_program_as_csv_which_is_recorded(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 2)
    ann = await operations.create_user(call, username="=ann", name="Ann", roles=["BUYER"])
    for _ in range(3):
        await operations.set_user_roles(call, user_id=ann.user_id, roles=["SELLER"])
    lines: list[str] = []
    rows = await audit.export_log(system_call(), lines.append, username="admin")
    read = list(csv.DictReader(StringIO("".join(lines))))
    assert [one["what"] for one in read] == ["UserCreated"] + ["UserRolesSet"] * 3
    assert rows == len(read) == 4
    assert msgspec.json.decode(read[-1]["detail"]) == {"user_id": ann.user_id, "roles": ["SELLER"]}
    assert await db.fetch("SELECT body FROM journal WHERE name = 'DataExported'") == [
        ('{"user_id":0,"what":"audit_log","rows":4}',)
    ]
    mine = msgspec.structs.replace(system_call(), actor_id=ann.user_id)
    await audit.export_log(mine, lambda _: None)
    lines.clear()
    assert await audit.export_log(system_call(), lines.append, names=["DataExported"], username="=ann") == 1
    assert "'=ann" in lines[1]
    later = clock.now() + timedelta(minutes=1)
    assert await audit.export_log(system_call(), lambda _: None, since=later) == 0
    assert await audit.export_log(system_call(), lambda _: None, before=later, names=["UserCreated"]) == 2


async def test_not_everybody_exports_it(call: Call) -> None:
    buyer = msgspec.structs.replace(call, permissions=frozenset({Permission.SEE_COST}))
    with pytest.raises(Forbidden):
        await audit.export_log(buyer, lambda _: None)


def test_every_fact_is_about_a_thing_that_node_finds() -> None:
    features.modules("facts")
    possible = {kind["name"] for kind in _possible("Node")}
    odd = {
        fact.subject
        for fact in Fact.registry.values()
        if fact.__module__.startswith("jxc_graphql.")
        and "".join(word.capitalize() for word in fact.subject.removesuffix("_id").split("_")) not in possible
    }
    assert odd == api._OF_NOTHING  # noqa: SLF001


def _possible(interface: str) -> list[dict[str, str]]:
    introspected = msgspec.json.decode(schema.introspection())
    types = introspected.get("data", introspected)["__schema"]["types"]
    found: list[dict[str, str]] = next(kind["possibleTypes"] for kind in types if kind["name"] == interface)
    return found
