"""Labels of goods and bins, read back by a decoder and by `scan`."""

import re
from typing import Any

import httpx
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.prints.labels import StickyLabel, drawn, label_of, zpl

TEA = {"code": "T-1", "name": "明前龙井", "unit": "罐", "barcodes": [{"code": "6901234567892", "unit": "罐"}]}
BULK = TEA | {"barcodes": [{"code": "6901234567892", "unit": "箱"}, {"code": "123", "unit": "罐"}]}


def thing(kind: str, **told: Any) -> StickyLabel:
    return label_of({"__typename": kind} | told)


@pytest.mark.parametrize(
    ("label", "code"),
    [
        (thing("Sku", **TEA), "6901234567892"),
        (thing("Sku", **BULK), "T-1"),
        (thing("Lot", number="L-9", expiresOn="2027-12-31", sku=TEA), "(01)06901234567892(17)271231(10)L-9"),
        (thing("Lot", number="L-9", expiresOn=None, sku=TEA), "(01)06901234567892(10)L-9"),
        (thing("Lot", number="L-9", expiresOn=None, sku=BULK), "L-9"),
        (thing("Lot", number="批(1)", expiresOn=None, sku=TEA), "批(1)"),
        (thing("SerialNumber", number="S7", sku=TEA), "(01)06901234567892(21)S7"),
        (thing("Place", code="A-01-2", name="A 区", warehouse={"name": "主仓"}), "A-01-2"),
        (thing("Place", code="甲区", name="甲", warehouse=None), "甲区"),
        (thing("Shipment", number="SH-2026-7", customer=None, **{"from": None}), "SH-2026-7"),
    ],
)
def test_a_label_says_what_scanners_know(label: StickyLabel, code: str) -> None:
    assert label.code == code
    (found,) = zxingcpp.read_barcodes(pixels(label))
    assert found.text.replace("\x1d", "") == code
    assert found.symbology_identifier[:3] == ("]Q1" if label.is_square else "]C1" if label.is_gs1 else "]C0")


def pixels(label: StickyLabel) -> Image.Image:
    """What is drawn, in black and white."""
    svg = str(drawn(label))
    if label.is_square:
        size = 8 * int(re.findall(r'width="(\d+)"', svg)[0])
        image = Image.new("L", (size, size), 255)
        draw, y = ImageDraw.Draw(image), 0.0
        (path,) = re.findall(r' d="([^"]+)"', svg)
        x = 0.0
        for command, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", path):
            if command == "h":
                draw.rectangle((x * 8, (y - 0.5) * 8, (x + float(first)) * 8 - 1, (y + 0.5) * 8 - 1), fill=0)
                x += float(first)
            else:
                x, y = (float(first), float(second)) if command == "M" else (x + float(first), y + float(second))
        return image
    left, width = (int(one) for one in re.findall(r'viewBox="(-?\d+) 0 (\d+) 1"', svg)[0])
    image = Image.new("L", (width * 3, 60), 255)
    draw = ImageDraw.Draw(image)
    for at, wide in re.findall(r'<rect x="(\d+)" width="(\d+)"', svg):
        draw.rectangle(((int(at) - left) * 3, 0, (int(at) - left + int(wide)) * 3 - 1, 60), fill=0)
    return image


def test_label_printers_are_told_in_their_language() -> None:
    label = thing("Lot", number="L_9", expiresOn="2027-12-31", sku=TEA | {"name": "茶^XZ~"})
    told = zpl([label, label], width=60, height=40, font="E:SIMSUN.TTF")
    assert told.count("^XA") == told.count("^XZ\n") == 2
    assert "^PW480^LL320" in told
    assert "^A@N,30,30,E:SIMSUN.TTF" in told
    assert "茶_5EXZ_7E" in told
    assert "^BCN" in told
    assert "^FD(01)06901234567892(17)271231(10)L_5F9^FS" in told


async def test_a_parcel_says_where_it_goes(client: httpx.AsyncClient, trade: Any) -> None:
    profile = Profile(name="老王超市", phone="010-12345678", address="北京市朝阳区建国路 1 号")
    await partners.update_customer(trade.call, customer_id=trade.customer_id, profile=profile)
    await trade.stock_up("3")
    sent = await trade.ship(await trade.sell((0, "3", "9")), (0, "3"))
    ((number,),) = await db.fetch("SELECT number FROM shipment WHERE id = ?", (sent.shipment_id,))
    asked = {"ids": global_id("Shipment", sent.shipment_id), "copies": "2", "format": "zpl", "size": "100x80"}
    told = (await client.get("/print/labels", params=asked)).text
    assert told.count("^XA") == 2
    for text in ("老王超市", "010-12345678", "北京市朝阳区建国路 1 号", number):
        assert told.count(text) == 2, text


async def test_labels_are_asked_for_by_ids(client: httpx.AsyncClient, trade: Any) -> None:
    ids = [global_id("Sku", sku_id) for sku_id in trade.shop.skus]
    page = await client.get("/print/labels", params={"ids": ",".join(ids), "copies": "2", "size": "50x30"})
    assert page.status_code == 200
    assert page.text.count('class="label"') == 2 * len(ids)
    assert "size: 50mm 30mm" in page.text
    told = await client.get("/print/labels", params={"ids": ids[0], "format": "zpl"})
    assert (told.headers["content-type"], told.text.count("^XA")) == ("text/plain; charset=utf-8", 1)
    place = global_id("Place", trade.shop.warehouse.stock_place_id)
    assert (await client.get("/print/labels", params={"ids": place})).status_code == 200
    for wrong, status in (
        ({"ids": ""}, 400), ({"ids": ids[0], "size": "1x1"}, 400), ({"ids": ids[0], "copies": "0"}, 400),
        ({"ids": ",".join(ids * 5), "copies": "99"}, 400),
        ({"ids": ids[0], "font": "^XA"}, 400), ({"ids": ids[0], "format": "png"}, 400),
        ({"ids": global_id("Sku", 1)}, 404), ({"ids": global_id("Customer", trade.customer_id)}, 404),
    ):  # fmt: skip
        assert (await client.get("/print/labels", params=wrong)).status_code == status, wrong
