"""Texts that spreadsheets save (CSV): what is in a file, and its records.

A file is UTF-8 or, with a byte order mark, UTF-16; else it is GB18030, as Excel writes on Chinese Windows. Commas,
semicolons or tabs separate its cells, or what a first line such as `sep=;` says.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator
from itertools import islice

from jxc_graphql.kit.spelling import folded

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SEPARATORS = ",;\t"
_LOOKED_AT = 3
"""Rows by which it is told what separates cells."""
_SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?\1*(\r\n|\r|\n|$)", re.IGNORECASE)


def decoded(data: bytes) -> str:
    """What stands in a file."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def records(text: str, known: Collection[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows in which anything stands, each with the line on which it begins; separated as most `known` names are."""
    told = _SEPARATOR_LINE.match(text)
    text = text[told.end() :] if told else text
    separator = (
        told[1] if told else max(_SEPARATORS, key=lambda each: len({*known} & {*map(plain, _first(text, each))}))
    )
    return _table(text, separator, 2 if told else 1)


def _first(text: str, separator: str) -> list[str]:
    """The cells of the first rows, a title perhaps among them, if this separates them."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [cell for row in islice(filter("".join, rows), _LOOKED_AT) for cell in row]


def _table(text: str, separator: str, line: int) -> Iterator[tuple[int, list[str]]]:
    """The rows in which anything stands, each with the line of the file on which it begins; the text is at `line`."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begin = line
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begin, cells
            begin = line + reader.line_num
    except csv.Error as error:
        raise ValueError(f"line {begin}: {error}") from error


def plain(name: str) -> str:
    """The name of a column as it is compared; a star says in many templates that it must be filled in."""
    return "".join(folded(name).split()).strip("*")
