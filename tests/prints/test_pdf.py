"""Prints as files: as large as their paper, with all that the page has."""

import os
from typing import Any

import httpx
import pypdfium2
import pytest
import zxingcpp

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.gql.wire.request import BadRequest
from jxc_graphql.office.print_templates.paper import Paper
from jxc_graphql.prints import pdf as files
from tests.make.trade import Trade
from tests.operations import ask

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRET = "<p>before</p><img src='file:///etc/hostname'><link rel=attachment href='file:///etc/hostname'><p>after</p>"


@pytest.fixture(scope="module", autouse=True)
def pango() -> None:
    """Skips where the system has no Pango; CI has it."""
    try:
        import weasyprint  # noqa: F401, PLC0415
    except OSError as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))


class Read:
    """What is in a file."""

    def __init__(self, content: bytes) -> None:
        self.file: Any = pypdfium2.PdfDocument(content)
        self.pages: list[Any] = list(self.file)

    @property
    def sizes(self) -> set[tuple[int, int]]:
        """Of its pages, in millimetres."""
        return {(round(width * 25.4 / 72), round(height * 25.4 / 72)) for width, height in map(self._size, self.pages)}

    @staticmethod
    def _size(page: Any) -> tuple[float, float]:
        width, height = page.get_size()
        return width, height

    @property
    def texts(self) -> list[str]:
        """The words of each page."""
        return [page.get_textpage().get_text_range() for page in self.pages]

    @property
    def codes(self) -> list[str]:
        """What a scanner reads on each page."""
        return [one.text for page in self.pages for one in zxingcpp.read_barcodes(page.render(scale=4).to_pil())]


async def printed(client: httpx.AsyncClient, path: str, **asked: str) -> Read:
    answer = await client.get(path, params={"format": "pdf", "language": "zh-CN"} | asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return Read(answer.content)


@on_sqlite
async def test_a_document_is_a_file_of_its_sheets(client: httpx.AsyncClient, sizes: dict[int, Trade]) -> None:
    order_id = await sizes[10].draft_purchase(*[(sku, "3", f"{sku + 1}.35") for sku in range(10)])
    order = global_id("PurchaseOrder", order_id)
    sheets = await printed(client, f"/print/{order}", paper=Paper.CONTINUOUS_93)
    assert (len(sheets.pages), sheets.sizes) == (4, {(241, 93)})
    assert all("采购订单" in text for text in sheets.texts)
    assert "壹佰柒拾伍元伍角" in sheets.texts[3]
    assert sheets.codes == [order] * 4


@on_sqlite
async def test_a_ticket_is_as_long_as_it_has_to_be(client: httpx.AsyncClient, sizes: dict[int, Trade]) -> None:
    lengths = []
    for lines in (1, 10):
        order_id = await sizes[10].draft_purchase(*[(sku, "3", "1.35") for sku in range(lines)])
        ticket = await printed(client, f"/print/{global_id('PurchaseOrder', order_id)}", paper=Paper.TICKET_58)
        ((width, length),) = ticket.sizes
        assert (width, len(ticket.codes)) == (58, 1)
        lengths.append(length)
    assert 50 < lengths[0] < lengths[1] < 400


@on_sqlite
async def test_an_own_template_has_the_size_of_its_paper(client: httpx.AsyncClient, sizes: dict[int, Trade]) -> None:
    order = global_id("PurchaseOrder", await sizes[10].draft_purchase((0, "1", "1")))
    asked = {
        "name": "自定",
        "documentKind": "PURCHASE_ORDER",
        "paper": "A5",
        "text": "<p>自定 {{ document.number }}</p>",
    }
    made = await ask(client, "print_templates", "CreatePrintTemplate", {"input": asked})
    page = await printed(client, f"/print/{order}", template=made["printTemplate"]["id"])
    assert page.sizes == {(210, 148)}
    assert "自定 PO-" in page.texts[0]


@on_sqlite
async def test_labels_are_a_page_each(client: httpx.AsyncClient, sizes: dict[int, Trade]) -> None:
    skus = [global_id("Sku", one) for one in sizes[10].shop.skus[:2]]
    labels = await printed(client, "/print/labels", ids=",".join(skus), size="50x30")
    assert (len(labels.pages), labels.sizes, len(labels.codes)) == (2, {(50, 30)}, 2)


async def test_nothing_is_loaded_into_a_file() -> None:
    found = Read(await files.pdf(SECRET, width=100, height=100))
    assert " ".join(found.texts).split() == ["before", "after"]
    assert found.file.count_attachments() == 0


async def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.05)
    with pytest.raises(BadRequest) as refused:
        await files.pdf("<p>…</p>", width=100, height=100)
    assert refused.value.status == 503


async def test_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "find_spec", lambda _: None)
    with pytest.raises(BadRequest, match=r"pip install jxc_graphql\[pdf\]") as refused:
        await files.pdf("<p>…</p>", width=100, height=100)
    assert refused.value.status == 501
