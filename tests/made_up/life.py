"""What the made-up kind has by its declaration, through published mutations alone; `test_made_up` runs it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from jxc_graphql.app import build_app
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock, db, journal, links
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import create_api_token, system_call
from tests.following import WIRES
from tests.gql.listening import listening
from tests.make.approving import Office, make_office
from tests.make.begun import begun
from tests.refusals import everything

office = begun(make_office)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
DONE = "userErrors { code path message }"
SHOWN = "id number status version amount lines { quantity sku { code } } allowedActions { action allowed texts }"


class People:
    """Browsers of the people of an office, who send what they like."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.clients: dict[str, httpx.AsyncClient] = {}

    async def token(self, name: str) -> str:
        return (await create_api_token(system_call(), user_id=self.office.people[name], name="page")).token

    async def of(self, name: str) -> httpx.AsyncClient:
        if name not in self.clients:
            token = await self.token(name)
            transport = httpx.ASGITransport(build_app(Settings()))
            headers = {"authorization": f"Bearer {token}"}
            self.clients[name] = httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)
        return self.clients[name]

    async def ask(self, name: str, query: str, **variables: Any) -> Any:
        answer = (await (await self.of(name)).post("/graphql", json={"query": query, "variables": variables})).json()
        assert "errors" not in answer, answer
        (found,) = answer["data"].values()
        return found

    async def do(self, who: str, mutation: str, shown: str, **given: Any) -> Any:
        """What a mutation shows that was not refused."""
        told = await self.tell(who, mutation, shown, **given)
        assert told["userErrors"] == []
        return told

    async def tell(self, who: str, mutation: str, shown: str, **given: Any) -> Any:
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        query = f"mutation Do($input: {kind}!) {{ {mutation}(input: $input) {{ {shown} {DONE} }} }}"
        return await self.ask(who, query, input=given)

    def user(self, name: str) -> str:
        return global_id("User", self.office.people[name])

    @property
    def visit(self) -> dict[str, Any]:
        """What is asked for a visit."""
        shop = self.office.trade.shop
        lines = [{"skuId": global_id("Sku", sku), "quantity": str(n)} for n, sku in enumerate(shop.skus, 1)]
        return {"warehouseId": global_id("Warehouse", shop.warehouse.id), "cost": "800", "lines": lines}

    async def drafted(self, **told: Any) -> dict[str, Any]:
        made: dict[str, Any] = (await self.do("ann", "createVisit", f"visit {{ {SHOWN} }}", **self.visit, **told))[
            "visit"
        ]
        return made


@pytest.fixture
async def people(office: Office, database: db.Database, tmp_path: Path) -> AsyncIterator[People]:
    database.settings = msgspec.structs.replace(database.settings, files_dir=tmp_path / "files")
    await links.ensure_key()
    made = People(office)
    yield made
    for one in made.clients.values():
        await one.aclose()


async def own_field(people: People, code: str, name: str, value_type: str) -> None:
    """Has visits say something of the company's own."""
    said = {"kind": "VISIT", "code": code, "name": name, "valueType": value_type}
    await people.do("eve", "createOwnField", "ownField { id }", **said)


def said(**values: str) -> dict[str, Any]:
    """What a form says in own fields."""
    return {"fields": [{"code": code, "value": value} for code, value in values.items()]}


async def two_must_agree(people: People) -> None:
    steps = [
        {"position": n, "name": f"第{n}步", "approvers": [{"userId": people.user(name)}]}
        for n, name in enumerate(("dan", "bob"), 1)
    ]
    conditions = [{"fact": "AMOUNT", "atLeast": "500"}]
    policy = {"name": "拜访", "documentKind": "VISIT", "steps": steps, "conditions": conditions}
    await people.do("eve", "setApprovalPolicy", "approvalPolicy { id }", **policy)


async def test_it_is_handed_in_and_two_agree_one_after_the_other(people: People) -> None:
    await two_must_agree(people)
    visit = await people.drafted(note="老客户")
    assert (visit["number"], visit["status"]) == (f"VI-{clock.day_of(clock.now()).year}-00001", "DRAFT")
    which = {"id": visit["id"]}
    assert (await people.do("ann", "submitVisit", f"visit {{ {SHOWN} }}", **which))["visit"]["status"] == "SUBMITTED"
    early = await people.tell("bob", "approveVisit", "visit { status }", **which)
    assert [one["code"] for one in early["userErrors"]] == ["APPROVAL_PENDING"]
    first = (await people.do("dan", "approveVisit", f"visit {{ {SHOWN} }}", **which))["visit"]
    assert first["status"] == "SUBMITTED"
    (approve,) = (one for one in first["allowedActions"] if one["action"] == "APPROVE")
    assert (approve["allowed"], approve["texts"]) == (False, ["Approval pending: Bob"])
    second = (await people.do("bob", "approveVisit", f"visit {{ {SHOWN} }}", **which))["visit"]
    assert second["status"] == "APPROVED"
    timeline = "query ($id: ID!) { document(id: $id) { timeline { nodes { what text } } } }"
    told = [one["what"] for one in (await people.ask("ann", timeline, id=visit["id"]))["timeline"]["nodes"]]
    assert [one for one in told if one.startswith("Visit")] == ["VisitCreated", "VisitSubmitted", "VisitApproved"]


async def test_it_is_talked_about_tagged_and_has_files(people: People) -> None:
    visit = await people.drafted()
    said = await people.do(
        "ann", "addComment", "comment { id text mentions { user { name } } }",
        documentId=visit["id"], text="请看", mentionIds=[people.user("bob")],
    )  # fmt: skip
    assert [one["user"]["name"] for one in said["comment"]["mentions"]] == ["Bob"]
    tag = (await people.do("eve", "createTag", "tag { id }", name="重点"))["tag"]["id"]
    await people.do("ann", "tagDocument", "document { tags { tag { name } } }", id=visit["id"], addTagIds=[tag])
    opened = await people.do("ann", "requestUpload", "uploadUrl", ownerId=visit["id"], name="照片.pdf")
    sent = await (await people.of("ann")).put(opened["uploadUrl"], content=PDF)
    assert sent.status_code == 200, sent.text
    query = """query ($tag: ID!) { visits(first: 5, where: { tags: { tagId: { eq: $tag } } }) { nodes {
        id comments(first: 5) { nodes { text } } tags { tag { name } }
        attachments(first: 5) { nodes { name url } } } } }"""
    (found,) = (await people.ask("cat", query, tag=tag))["nodes"]
    assert found["id"] == visit["id"]
    assert [one["text"] for one in found["comments"]["nodes"]] == ["请看"]
    (file,) = found["attachments"]["nodes"]
    assert file["name"] == "照片.pdf"
    assert (await (await people.of("cat")).get(file["url"])).content == PDF


def read_back(page: str) -> list[str]:
    """What a scanner reads of the code on a page."""
    (path,) = re.findall(r'<path[^>]*\bd="([^"]+)"', page)[:1]
    picture = Image.new("L", (400, 400), 255)
    pen, x, y = ImageDraw.Draw(picture), 0.0, 0.0
    for verb, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        told = [float(one) for one in re.findall(r"-?\d*\.?\d+", numbers)]
        if verb == "h":
            pen.rectangle((x * 8, (y - 0.5) * 8, (x + told[0]) * 8 - 1, (y + 0.5) * 8 - 1), fill=0)
            x += told[0]
        elif verb == "m":
            x, y = x + told[0], y + told[1]
        else:
            x, y = told
    return [one.text for one in zxingcpp.read_barcodes(picture)]


async def test_it_is_printed_with_a_code_that_leads_back_to_it(people: People) -> None:
    visit = await people.drafted()
    page = await (await people.of("ann")).get(f"/print/{visit['id']}", params={"paper": "A4", "language": "zh-CN"})
    assert page.status_code == 200
    assert "拜访单" in page.text
    assert visit["number"] in page.text
    (code,) = read_back(page.text)
    node = await people.ask("ann", "query ($id: ID!) { node(id: $id) { id ... on Document { number } } }", id=code)
    assert node == {"id": visit["id"], "number": visit["number"]}


async def test_many_are_made_and_moved_on_at_once_and_tried_without_a_trace(people: People) -> None:
    made = (await people.do("ann", "createVisits", "visits { id }", visits=[people.visit] * 3))["visits"]
    ids = [one["id"] for one in made]
    await people.do("ann", "submitDocuments", "documents { id status }", documentIds=ids)
    await people.of("eve")
    before = await everything()
    tried = await people.do("eve", "approveDocuments", "documents { id status }", documentIds=ids, dryRun=True)
    assert tried["documents"] == [{"id": one, "status": "APPROVED"} for one in ids]
    tried = await people.do("ann", "createVisit", "visit { number }", **people.visit, dryRun=True)
    assert "?" in tried["visit"]["number"]
    assert await everything() == before
    done = await people.do("eve", "approveDocuments", "documents { status }", documentIds=ids)
    assert done["documents"] == [{"status": "APPROVED"}] * 3


async def test_it_is_copied_numbered_by_a_rule_and_found_in_all_lists(people: People) -> None:
    first = await people.drafted(note="雨天备用")
    rule = {
        "documentKind": "VISIT",
        "prefix": "拜访",
        "datePart": "NONE",
        "reset": "NEVER",
        "separator": "",
        "digits": 4,
    }
    await people.do("eve", "setNumberingRule", "numberingRule { nextNumber }", **rule)
    copy = (await people.do("bob", "copyDocument", "document { id number note sources { kind } }", id=first["id"]))[
        "document"
    ]
    assert (copy["number"], copy["note"], copy["sources"]) == ("拜访0001", "雨天备用", [{"kind": "COPY"}])
    query = "query ($words: String!) { documents(search: $words) { nodes { id documentKind } } }"
    found = (await people.ask("cat", query, words="雨天"))["nodes"]
    assert [one["id"] for one in found] == [copy["id"], first["id"]]
    assert {one["documentKind"] for one in found} == {"VISIT"}
    assert await db.fetch("SELECT count(*) FROM visit") == [(2,)]


async def test_it_says_what_the_company_wants_of_its_own_and_is_listed_by_that(people: People) -> None:
    await own_field(people, "guests", "来客人数", "NUMBER")
    await own_field(people, "aim", "拜访目的", "TEXT")
    many, few, none = [await people.drafted(**asked) for asked in (said(guests="10", aim="签约"), said(guests="9"), {})]
    await people.do("ann", "updateVisit", "visit { version }", id=few["id"], **said(aim="回访"))
    query = """query ($where: VisitWhere, $order: [VisitOrder!]) { visits(first: 5, where: $where, orderBy: $order) {
        nodes { id fields { field { code } value text } } } }"""
    by_guests = [{"field": "OWN", "code": "guests", "direction": "ASC"}]
    listed = (await people.ask("cat", query, order=by_guests))["nodes"]
    assert [one["id"] for one in listed] == [few["id"], many["id"], none["id"]]
    told = [{one["field"]["code"]: one["value"] for one in visit["fields"]} for visit in listed]
    assert told == [{"guests": "9", "aim": "回访"}, {"guests": "10", "aim": "签约"}, {}]
    for condition, expected in (
        ({"code": "guests", "op": "GT", "value": "9"}, [many]),
        ({"code": "aim", "value": "回访"}, [few]),
        ({"code": "guests", "op": "EMPTY"}, [none]),
    ):
        found = (await people.ask("cat", query, where={"fields": [condition]}, order=by_guests))["nodes"]
        assert [one["id"] for one in found] == [one["id"] for one in expected], condition
    page = await (await people.of("ann")).get(f"/print/{many['id']}", params={"paper": "A4", "language": "zh-CN"})
    for name, value in (("来客人数", "10"), ("拜访目的", "签约")):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page.text
    copy = await people.do("bob", "copyDocument", "document { fields { field { code } value } }", id=many["id"])
    assert {one["field"]["code"]: one["value"] for one in copy["document"]["fields"]} == told[1]


@pytest.mark.parametrize("wire", WIRES)
async def test_what_happens_to_it_is_told_at_once(people: People, wire: str) -> None:
    await two_must_agree(people)
    await own_field(people, "aim", "拜访目的", "TEXT")
    following = """subscription ($after: String) { documentChanged(kinds: [VISIT], after: $after) { change
        document { ... on Visit { id status amount fields { value } } } entry { what actor { name } } } }"""
    start, token = (await journal.head()).encode(), await people.token("cat")
    async with listening() as port, WIRES[wire](port, token, following, after=start) as cat:
        visit = await people.drafted(**said(aim="签约"))
        heard = await cat.hears(2)
        await people.do("ann", "submitVisit", "visit { id }", id=visit["id"])
        for name in ("dan", "bob"):
            await people.do(name, "approveVisit", "visit { id }", id=visit["id"])
        await people.do("cat", "addComment", "comment { id }", documentId=visit["id"], text="好")
        while heard[-1]["change"] != "COMMENTED":
            heard += await cat.hears()
    told = [(one["change"], one["entry"]["what"], one["entry"]["actor"]["name"]) for one in heard]
    assert {*told[:2]} == {("CREATED", "VisitCreated", "Ann"), ("UPDATED", "OwnFieldsSet", "Ann")}
    assert told[2:] == [
        ("APPROVAL", "ApprovalRequested", "Ann"), ("MOVED_ON", "VisitSubmitted", "Ann"),
        ("APPROVAL", "ApprovalDecided", "Dan"), ("APPROVAL", "ApprovalDecided", "Bob"),
        ("APPROVAL", "ApprovalClosed", "Bob"), ("MOVED_ON", "VisitApproved", "Bob"),
        ("COMMENTED", "CommentAdded", "Cat"),
    ]  # fmt: skip
    seen = {"id": visit["id"], "status": "DRAFT", "amount": "800", "fields": [{"value": "签约"}]}
    assert [one["document"] for one in (heard[0], heard[-1])] == [seen, seen | {"status": "APPROVED"}]
