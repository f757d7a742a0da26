"""From the answer to the query of a print to its page."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import segno
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from jxc_graphql.kit.amounts import in_words
from jxc_graphql.kit.labels import label
from jxc_graphql.kit.numbers import Money
from jxc_graphql.office.print_templates import engine
from jxc_graphql.office.print_templates.paper import SIZES, Paper, PaperSize
from jxc_graphql.prints.asked import OWN, Print, Printed
from jxc_graphql.prints.columns import LANGUAGES, TITLES, WORDS, Titled
from jxc_graphql.prints.labels import StickyLabel, drawn

YUAN = "CNY"
"""The currency of which amounts are written in Chinese words."""
_environment = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"), undefined=StrictUndefined, autoescape=True,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


class Found(msgspec.Struct, frozen=True):
    """What is known of a document: what the query of its kind answered."""

    document: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    company: Mapping[str, Any]
    """Whose paper it is, and the currency of amounts where the document has none of its own."""


def rendered(how: Print, found: Found, *, paper: Paper, language: str, template: str | None = None) -> str:
    """The page of a document, in a language and on a paper; `template`: as the company has it, else as we have it.

    Raises `ValueError` where the template has something that it may not have.
    """
    said = told(how, found, SIZES[paper], language)
    if template is not None:
        return engine.rendered(template, said)
    return _environment.get_template("ticket.html" if SIZES[paper].is_roll else "document.html").render(said)


def labelled(labels: Sequence[StickyLabel], *, width: int, height: int) -> str:
    """A page of labels, each of so many millimetres."""
    drawn_up = [(one, drawn(one)) for one in labels]
    return _environment.get_template("labels.html").render(labels=drawn_up, width=width, height=height)


def told(how: Print, found: Found, size: PaperSize, language: str) -> dict[str, Any]:
    """What a page says, for templates."""
    document, lines = found.document, found.lines
    shown = [one for one in how.lines if _is_shown(one, document, lines) and (one.shown.on_tickets or not size.is_roll)]
    added = [one if one.shown.is_money or _is_of_one_unit(how, lines) else None for one in shown]
    paid = sorted(
        (one for one in shown if one.shown.is_money and one.shown.adds_up), key=lambda one: not one.shown.is_paid
    )
    amount = next((_added(one, lines) for one in paid), None)
    words = {name: texts[LANGUAGES.index(language)] for name, texts in WORDS.items()}
    chunks = [lines[start : start + size.lines] for start in range(0, len(lines), size.lines)] if size.lines else []
    chunks = chunks or [lines]
    return {
        "title": _title(how.kind, language), "language": language, "size": msgspec.structs.asdict(size), "words": words,
        "company": found.company, "document": document, "lines": lines, "code": _code(document["id"]),
        "own": {one["field"]["code"]: one["text"] for one in document.get(OWN, ())},
        "head": list(_head(how, found, language, is_roll=size.is_roll)),
        "columns": [{"title": one.shown.title(language), "is_number": one.shown.is_number} for one in shown],
        "sheets": [
            {
                "title": words["sheet"].format(sheet=number, sheets=len(chunks)),
                "rows": [[_text(one, line, language) for one in shown] for line in chunk],
                "sums": [_sum(one, chunk) for one in added],
            }
            for number, chunk in enumerate(chunks, 1)
        ],
        "sums": [_sum(one, lines) for one in added],
        "in_words": None if amount is None or _currency(found) != YUAN else in_words(Money.of(amount)),
    }  # fmt: skip


def _currency(found: Found) -> str:
    """The currency of what is paid for a document."""
    return str(found.document.get("currency") or found.company["currency"])


def _title(kind: str, language: str) -> str:
    known = TITLES.get(kind)
    return known[LANGUAGES.index(language)] if known else label("Kind", kind, language)


def _is_shown(place: Printed, document: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a column has anything, and is for whoever gets the paper."""
    if place.shown.is_cost and document["customer"]:
        return False
    found = [value for line in lines for value in _found(place.path, line)]
    if place.shown.is_number and (place.shown.needs_some or not place.shown.adds_up):
        found = [value for value in found if Decimal(value)]
    if any(found == [line.get(one) for line in lines] for one in place.shown.unless_same_as.split()):
        return False
    return bool(found) or place.shown.is_filled_in


def _head(how: Print, found: Found, language: str, *, is_roll: bool) -> Iterator[tuple[str, str]]:
    document, is_foreign = found.document, _currency(found) != found.company["currency"]
    for place in how.head:
        text = _text(place, document, language)
        if text and (is_foreign or not place.shown.if_foreign) and (place.shown.on_tickets or not is_roll):
            yield place.shown.title(language), text
    if not is_roll:
        yield from _own(document)


def _own(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What it says in own fields that are in use, in their places."""
    for one in sorted(document.get(OWN, ()), key=lambda one: one["field"]["position"]):
        if one["field"]["isActive"] and one["text"] is not None:
            yield one["field"]["name"], one["text"]


def _text(place: Printed, row: Mapping[str, Any], language: str) -> str:
    values = _found(place.path, row)
    if place.enum:
        values = [label(place.enum, value, language) for value in values]
    return ", ".join(_written(place.shown, value) if place.shown.is_number else str(value) for value in values)


def _found(path: Sequence[str], value: Any) -> list[Any]:
    """What stands at a path: nothing, one value, or those of the things in a list."""
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [found for one in value for found in _found(path, one)]
    return _found(path[1:], value[path[0]]) if path else [value]


def _is_of_one_unit(how: Print, lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether quantities of the lines can be added up."""
    units = [one.path for one in how.lines if one.path[-1] == "unit"]
    return len({str(_found(path, line)) for path in units for line in lines}) <= 1


def _sum(place: Printed | None, lines: Sequence[Mapping[str, Any]]) -> str | None:
    added = None if place is None else _added(place, lines)
    return None if place is None or added is None else _written(place.shown, added)


def _added(place: Printed, lines: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """The exact sum of a column; None where it says nothing, or where a line has none."""
    found = [_found(place.path, line) for line in lines]
    if not place.shown.adds_up or not all(found):
        return None
    return sum((Decimal(one) for values in found for one in values), Decimal(0))


def _written(shown: Titled, value: Any) -> str:
    """A number with its thousands; money to the fen, more only where there is more; a rate in percent."""
    if shown.is_rate:
        return f"{(Decimal(str(value)) * 100).normalize():f}%"
    number = Decimal(str(value))
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    places = max(-exponent, 2 if shown.is_money else 0)
    return f"{number:,.{places}f}"


def _code(document_id: str) -> Markup:
    """The square with the document's id, drawn into the page."""
    return Markup(segno.make(document_id, error="m", micro=False).svg_inline(scale=2, border=2))  # noqa: S704  (digits and squares)
