"""Labels (标签) of SKUs, lots, pieces, bins and parcels: what stands on one, as a page and for label printers.

What a label says for scanners is read by `scan` again. Where the SKU has a GTIN it is a GS1-128 of the GTIN with the
lot and its expiry, or the serial number (GS1 General Specifications, section 5.4); where it has none, a Code 128 of the
code or number alone. What Code 128 has no characters for, such as Chinese, stands in a QR code.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import msgspec
import segno
from barcode.codex import Code128, Gs1_128
from markupsafe import Markup
from stdnum import ean

MOST, MOST_LABELS = 100, 500
"""Things of which labels are printed at a time, and labels."""
QUERY = """query Labels($ids: [ID!]!) { nodes(ids: $ids) { __typename
  ... on Sku { ...OfSku }
  ... on Lot { number expiresOn sku { ...OfSku } }
  ... on SerialNumber { number sku { ...OfSku } }
  ... on Place { code name warehouse { name } }
  ... on Shipment { number customer { name phone address } from: warehouse { name } }
} }
fragment OfSku on Sku { code name unit barcodes { code unit } }"""
DOTS = 8
"""Of a label printer to a millimetre (203 dpi)."""
_PLAIN = re.compile(r"[\x20-\x7e]+", re.ASCII)
_GTIN_DIGITS = 14
_RUNS = {"1": True, "0": False}


class StickyLabel(msgspec.Struct, frozen=True):
    """What stands on a label."""

    title: str
    lines: tuple[str, ...]
    code: str
    """What a scanner reads: elements in brackets where it is a label of GS1."""

    @property
    def is_gs1(self) -> bool:
        """Whether it has elements of GS1."""
        return self.code.startswith("(01)")

    @property
    def is_square(self) -> bool:
        """Whether it needs a QR code."""
        return _PLAIN.fullmatch(self.code) is None


def label_of(thing: Mapping[str, Any]) -> StickyLabel:
    """The label of a thing that the query answered."""
    if thing["__typename"] == "Place":
        return StickyLabel(thing["code"], (thing["name"], (thing["warehouse"] or {}).get("name", "")), thing["code"])
    if thing["__typename"] == "Shipment":
        return _parcel(thing)
    sku = thing.get("sku") or thing
    gtin = next(_gtins(sku), None)
    own = gtin and f"(01){gtin}"
    if thing["__typename"] == "Sku":
        return StickyLabel(sku["name"], (sku["code"],), gtin.lstrip("0") if gtin else sku["code"])
    number = thing["number"]
    expires = thing.get("expiresOn")
    if thing["__typename"] == "Lot":
        day = f"(17){expires[2:].replace('-', '')}" if expires else ""
        lines = (sku["code"], f"批号 Lot {number}", *([f"有效期至 Exp. {expires}"] if expires else []))
        return StickyLabel(sku["name"], lines, f"{own}{day}(10){number}" if own and _fits(number) else number)
    lines = (sku["code"], f"序列号 S/N {number}")
    return StickyLabel(sku["name"], lines, f"{own}(21){number}" if own and _fits(number) else number)


def _parcel(shipment: Mapping[str, Any]) -> StickyLabel:
    """That of a parcel of a shipment (包裹标签): to whom it goes, and from where; as far as the caller sees that."""
    to = shipment["customer"] or {"name": shipment["number"], "phone": "", "address": ""}
    lines = (to["address"], to["phone"], (shipment["from"] or {}).get("name", ""))
    return StickyLabel(to["name"], tuple(filter(None, lines)), shipment["number"])


def _gtins(sku: Mapping[str, Any]) -> Iterator[str]:
    """The barcodes of the base unit that are numbers of GS1, of fourteen digits."""
    for one in sku["barcodes"]:
        if one["unit"] == sku["unit"] and one["code"].isdecimal() and ean.is_valid(one["code"]):
            yield one["code"].zfill(_GTIN_DIGITS)


def _fits(number: str) -> bool:
    """Whether it can be the number of a lot or a piece on a label of GS1: twenty plain characters, no brackets."""
    return re.fullmatch(r"[!-'*-z]{1,20}", number, re.ASCII) is not None


def drawn(label: StickyLabel) -> Markup:
    """Its code, for a page."""
    if label.is_square:
        return Markup(segno.make(label.code, micro=False).svg_inline(border=2))  # noqa: S704  (squares)
    plain = label.code.translate({ord("("): None, ord(")"): None})
    modules: str = (Gs1_128(plain) if label.is_gs1 else Code128(label.code)).build()[0]
    bars, at = [], 0
    for module, run in groupby(modules):
        width = len(list(run))
        if _RUNS[module]:
            bars.append(f'<rect x="{at}" width="{width}" height="1"/>')
        at += width
    quiet = 10
    box = f'viewBox="{-quiet} 0 {at + 2 * quiet} 1" preserveAspectRatio="none" shape-rendering="crispEdges"'
    return Markup(f'<svg class="bars" {box}>{"".join(bars)}</svg>')  # noqa: S704  (numbers)


def zpl(labels: Iterable[StickyLabel], *, width: int, height: int, font: str) -> str:
    """The labels for a printer that reads ZPL II, of so many millimetres; `font`: one of the printer's, for Chinese."""
    return "".join(_zpl(one, width * DOTS, height * DOTS, font) for one in labels)


def _zpl(label: StickyLabel, width: int, height: int, font: str) -> str:
    rows = [(label.title, 30), *((line, 24) for line in label.lines)]
    parts, top = [f"^XA^CI28^PW{width}^LL{height}^LH0,0"], 10
    for text, size in rows:
        chosen = f"^A@N,{size},{size},{font}" if font else f"^A0N,{size},{size}"
        parts.append(f"^FO16,{top}{chosen}^FB{width - 32},1^FH_^FD{_escaped(text)}^FS")
        top += size + 6
    bars = max(height - top - 40, 40)
    if label.is_square:
        parts.append(f"^FO16,{top}^BQN,2,4^FH_^FDMA,{_escaped(label.code)}^FS")
    elif label.is_gs1:
        parts.append(f"^FO16,{top}^BY2^BCN,{bars},Y,N,N,D^FH_^FD{_escaped(label.code)}^FS")
    else:
        parts.append(f"^FO16,{top}^BY2^BCN,{bars},Y,N,N,A^FH_^FD{_escaped(label.code)}^FS")
    return "".join((*parts, "^XZ\n"))


def _escaped(text: str) -> str:
    """As data of a field: what would begin a command, and the sign that says so, by their numbers."""
    return re.sub(r"[_^~\\>\x00-\x1f]", lambda match: f"_{ord(match[0]):02X}", text)
