"""Continuous paper in Chromium: what one sheet holds is one page of the printer, whatever the kind and the language."""

import base64
import os
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pypdfium2
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.office.print_templates.paper import SIZES, Paper
from tests.contracts.kinds import every_kind
from tests.explorer.browser import NAMES, Browser, browser
from tests.make.contract import Contract, contracts
from tests.make.trade import Trade

CONTINUOUS = (Paper.CONTINUOUS_93, Paper.CONTINUOUS_140)
LONG_NAME = "特级新疆阿克苏薄皮核桃2026年新货500克礼盒装"
NUMBER = re.compile(r"-?[\d,]+(?:\.\d+)?")
SHEETS = """[...document.querySelectorAll(".sheet")].map((sheet) => ({
  heads: [...sheet.querySelectorAll("h1, dt, th, .number span")].map((one) => one.innerText),
  rows: [...sheet.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.innerText)),
  sums: [...sheet.querySelectorAll("tr.of-sheet td")].map((cell) => cell.innerText),
  total: [...sheet.querySelectorAll("tr.total td")].map((cell) => cell.innerText),
}))"""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for all of them; skips where there is none, which CI has."""
    if not any(map(shutil.which, NAMES)):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no Chromium")
    with browser(tmp_path_factory.mktemp("chromium")) as window:
        yield window


async def page_of(client: httpx.AsyncClient, kind: str, document_id: int, paper: Paper, language: str) -> str:
    told = {"language": language, "paper": paper}
    answer = await client.get(f"/print/{global_id(kind, document_id)}", params=told)
    assert answer.status_code == 200, answer.text
    return answer.text


def printed(chromium: Browser, page: str) -> tuple[list[dict[str, Any]], list[str], set[tuple[int, int]]]:
    """The sheets of a page, and the texts and sizes of what the printer is sent."""
    tab = chromium.open("about:blank")
    try:
        told = tab.send("Page.getFrameTree")
        tab.send("Page.setDocumentContent", frameId=told["frameTree"]["frame"]["id"], html=page)
        sheets = tab.ask(SHEETS)
        content = tab.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
    finally:
        tab.send("Page.close")
    file: Any = pypdfium2.PdfDocument(base64.b64decode(content))
    texts = [one.get_textpage().get_text_range() for one in file]
    return sheets, texts, {tuple(round(side * 25.4 / 72) for side in one.get_size()) for one in file}


def numbers(cells: list[str]) -> list[str]:
    return [cell for cell in cells if NUMBER.fullmatch(cell)]


def added(cells: list[list[str]]) -> list[Decimal | None]:
    """Columns of sums added up; None where one of them is no number."""
    return [
        sum((Decimal(one.replace(",", "")) for one in column), Decimal(0))
        if all(map(NUMBER.fullmatch, column))
        else None
        for column in zip(*cells, strict=True)
    ]


def check(sheets: list[dict[str, Any]], texts: list[str], paper: Paper) -> None:
    """Each sheet is a page with heads, and what the pages come to is what stands at the end."""
    assert len(texts) == len(sheets), "a sheet does not fit its page"
    titles = sheets[0]["heads"]
    for sheet, text in zip(sheets, texts, strict=True):
        assert [one for one in sheet["heads"] if one in titles] == [one for one in titles if one in sheet["heads"]]
        assert {one for one in titles if one not in sheet["heads"]} <= {titles[2]}, "only the page number differs"
        plain = "".join(text.split())
        assert all("".join(one.split()) in plain for one in sheet["heads"] if one)
    lines = SIZES[paper].lines
    assert lines is not None
    assert [len(sheet["rows"]) for sheet in sheets[:-1]] == [lines] * (len(sheets) - 1)
    if len(sheets) > 1:
        total = [Decimal(one.replace(",", "")) if NUMBER.fullmatch(one) else None for one in sheets[-1]["total"]]
        assert added([sheet["sums"] for sheet in sheets]) == total


@every_kind
async def test_sheets_are_pages_in_both_languages(
    client: httpx.AsyncClient, sizes: dict[int, Trade], chromium: Browser, contract: Contract
) -> None:
    await db.transactional(db.execute)("UPDATE sku SET name = ?", (LONG_NAME,))
    trade = sizes[10]
    document_id = await contract.make(trade.call, **await contract.what(trade))
    kind, told = contract.kind.__name__, {}
    paper = CONTINUOUS[contracts().index(contract) % len(CONTINUOUS)]  # they differ in lines alone, for all kinds
    for language in ("zh-CN", "en"):
        sheets, texts, shapes = printed(chromium, await page_of(client, kind, document_id, paper, language))
        assert shapes == {(SIZES[paper].width, SIZES[paper].height)}
        check(sheets, texts, paper)
        told[language] = [[numbers(row) for row in sheet["rows"]] + [numbers(sheet["sums"])] for sheet in sheets]
        if language == "en":
            ours = [one for sheet in sheets for one in sheet["heads"]]
            assert not any("\u4e00" <= letter <= "\u9fff" for one in ours for letter in one), ours
    assert told["en"] == told["zh-CN"]


async def test_what_pages_come_to_is_added_up(
    client: httpx.AsyncClient, sizes: dict[int, Trade], chromium: Browser
) -> None:
    order_id = await sizes[10].draft_purchase(*[(sku, "3", f"{sku + 1}.35") for sku in range(10)])
    page = await page_of(client, "PurchaseOrder", order_id, Paper.CONTINUOUS_93, "en")
    sheets, texts, _ = printed(chromium, page)
    check(sheets, texts, Paper.CONTINUOUS_93)
    # 3 × (1.35 + 2.35 + 3.35), and so on: three lines a sheet, the last one alone
    assert [sheet["sums"][-1] for sheet in sheets] == ["21.15", "48.15", "75.15", "31.05"]
    assert sheets[-1]["total"][-1] == "175.50"
