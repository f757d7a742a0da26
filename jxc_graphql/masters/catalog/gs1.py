"""GS1 labels as element strings, as text with brackets, and as Digital Links: what they say, each with its identifier.

A label is a row of elements, each an application identifier and its data: `01` the GTIN, `10` the lot. Data of no fixed
length ends with the separator FNC1, which scanners send as the character 29, or with the label. In text that people or
decoders write, identifiers stand in brackets: only a bracket with two to four digits begins one. A Digital Link has the
same elements in the path and the query of a web address.

What a label says is told as far as it can be read; what cannot be is told as a problem, never left out in silence.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise, zip_longest
from urllib.parse import unquote

import msgspec

from jxc_graphql.kit.text import printable

FNC1 = "\x1d"
_GTIN, _CONTENT = "01", "02"
_BRACKET = re.compile(r"\(([0-9]{2,4})\)", re.ASCII)
_LINK = re.compile(r"https?://[^/?#]+(/[^?#]*)?(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE)
_NAMES = {"gtin": "01", "cpv": "22", "lot": "10", "ser": "21"}
"""What may stand in the path of a Digital Link instead of an identifier."""

_FORMATS = """
00 N18  01-03 N14  10 X..20  11-13 N6  15-17 N6  20 N2  21-22 X..20  235 X..28  240-241 X..30  242 N..6  243 X..20
250-251 X..30  253 N13[X..17]  254 X..20  255 N13[N..12]  30 N..8  3100-3169 N6  3200-3379 N6  3400-3579 N6
3600-3699 N6  37 N..8  3900-3909 N..15  3910-3919 N3N..15  3920-3929 N..15  3930-3939 N3N..15  3940-3943 N4
3950-3955 N6  400-401 X..30  402 N17  403 X..30  410-417 N13  420 X..20  421 N3X..9  422 N3  423 N3[N3][N3][N3][N3]
424 N3  425 N3[N3][N3][N3][N3]  426 N3  427 X..3  4300-4301 X..35  4302-4306 X..70  4307 X2  4308 X..30  4309 N20
4310-4311 X..35  4312-4316 X..70  4317 X2  4318 X..20  4319 X..30  4320 X..35  4321-4323 N1  4324-4325 N10  4326 N6
4330-4333 N6[-]  7001 N13  7002 X..30  7003 N10  7004 N..4  7005 X..12  7006 N6  7007 N6[N6]  7008 X..3  7009 X..10
7010 X..2  7011 N6[N4]  7020-7022 X..20  7023 X..30  7030-7039 N3X..27  7040 N1X3  7041 X..4  710-717 X..20
7230-7239 X2X..28  7240 X..20  7241 N2  7242 X..25  7250 N8  7251 N12  7252 N1  7253-7254 X..40  7255 X..10
7256 X..90  7257 X..70  7258 N1X1N1  7259 X..40  8001 N14  8002 X..20  8003 N14[X..16]  8004 X..30  8005 N6  8006 N18
8007 X..34  8008 N8[N2][N2]  8009 X..50  8010 X..30  8011 N..12  8012 X..20  8013-8014 X..25  8017-8018 N18  8019 N..10
8020 X..25  8026 N18  8030 X..90  8040-8041 N15  8042 N32  8043 N18[N..2]  8110 X..70  8111 N4  8112 X..70  8200 X..70
90 X..30  91-99 X..90
"""
"""Each application identifier of the GS1 General Specifications, and the form of its data: N digits, X anything."""


class ScanFault(StrEnum):
    """What is wrong with an element of a label."""

    UNKNOWN_IDENTIFIER = "UNKNOWN_IDENTIFIER"
    """No application identifier of GS1 stands where one should; what follows cannot be read either."""
    WRONG_FORM = "WRONG_FORM"
    """The data have not the length or the characters that their identifier prescribes."""
    IMPOSSIBLE_DATE = "IMPOSSIBLE_DATE"
    """There is no such day, or no such time of day."""
    IMPOSSIBLE_NUMBER = "IMPOSSIBLE_NUMBER"
    """The number is too large to be reckoned with here, or has too many decimal places."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a label says and that cannot be used; without an identifier where none could be read."""

    identifier: str
    data: str
    fault: ScanFault


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a label says."""

    identifier: str
    data: str


class GoodsLabel(msgspec.Struct, frozen=True, kw_only=True):
    """A label of goods: what it says in its order, and what of it cannot be read."""

    elements: tuple[Element, ...]
    problems: tuple[Problem, ...]

    def says(self, identifier: str) -> str | None:
        """The data of an identifier, of the first one where it is repeated."""
        return next((one.data for one in self.elements if one.identifier == identifier), None)


def read_label(text: str) -> GoodsLabel | None:
    """What a label says; None where the text is no label that names goods by a GTIN."""
    label = _judged(_elements(text))
    return label if any(is_gtin(label.says(identifier) or "") for identifier in (_GTIN, _CONTENT)) else None


def is_gtin(code: str) -> bool:
    """Whether a code is a number of GS1 with the right check digit."""
    return len(code) in {8, 12, 13, 14} and code.isascii() and code.isdigit() and check_digit(code[:-1]) == code[-1]


def check_digit(number: str) -> str:
    """The check digit that belongs behind a number of GS1."""
    return str(-sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(number))) % 10)


class _Form(msgspec.Struct, frozen=True):
    """The form of an element's data; `length` where it is the same for all."""

    pattern: re.Pattern[str]
    length: int | None


def _form(told: str) -> _Form:
    pattern = re.sub(r"([NX])(\.\.)?([0-9]+)", _repeated, told.replace("[", "(?:").replace("]", ")?"))
    parts = re.findall(r"[NX]([0-9]+)", told)
    fixed = ".." not in told and "[" not in told
    return _Form(re.compile(pattern), sum(map(int, parts)) if fixed else None)


def _repeated(part: re.Match[str]) -> str:
    return f"{'[0-9]' if part[1] == 'N' else '.'}{{{1 if part[2] else part[3]},{part[3]}}}"


def _forms() -> Iterator[tuple[str, _Form]]:
    words = _FORMATS.split()
    for span, told in zip(words[::2], words[1::2], strict=True):
        first, _, last = span.partition("-")
        form = _form(told)
        for number in range(int(first), int(last or first) + 1):
            yield str(number).rjust(len(first), "0"), form


_FORMS = dict(_forms())


def _elements(text: str) -> Iterator[tuple[str, str]]:
    """Identifiers and their data as they stand there; an empty identifier before what cannot be read."""
    if link := _LINK.fullmatch(text):
        return _of_link(link[1] or "", link[2] or "")
    if _BRACKET.match(text):
        return _of_brackets(text)
    return _of_string(text.removeprefix(FNC1))


def _judged(elements: Iterator[tuple[str, str]]) -> GoodsLabel:
    good, bad = [], []
    for identifier, data in elements:
        form = _FORMS.get(identifier)
        if form is None:
            bad.append(Problem(identifier=identifier, data=data, fault=ScanFault.UNKNOWN_IDENTIFIER))
        elif form.pattern.fullmatch(data) and printable(data):
            good.append(Element(identifier=identifier, data=data))
        else:
            bad.append(Problem(identifier=identifier, data=data, fault=ScanFault.WRONG_FORM))
    return GoodsLabel(elements=tuple(good), problems=tuple(bad))


def _of_string(rest: str) -> Iterator[tuple[str, str]]:
    """Of an element string; data of a fixed length need no separator behind them, though many scanners send one."""
    while rest:
        identifier = next((rest[:length] for length in (2, 3, 4) if rest[:length] in _FORMS), "")
        form = _FORMS.get(identifier)
        end = (rest + FNC1).index(FNC1)
        if form and form.length:
            end = min(end, len(identifier) + form.length)
        yield identifier, rest[len(identifier) : end if identifier else None]
        rest = rest[end:].removeprefix(FNC1) if identifier else ""


def _of_brackets(text: str) -> Iterator[tuple[str, str]]:
    marks = [*_BRACKET.finditer(text), None]
    for mark, behind in pairwise(marks):
        assert mark
        yield mark[1], text[mark.end() : behind.start() if behind else None].strip(f" {FNC1}")


def _of_link(path: str, query: str) -> Iterator[tuple[str, str]]:
    """Of a Digital Link: pairs at the end of its path, and those of its query that GS1 knows."""
    segments = [unquote(segment) for segment in path.rstrip("/").split("/")]
    begin = next((at for at, segment in enumerate(segments[:-1]) if _is_key(segment)), len(segments))
    keys = [_NAMES.get(segment.lower(), segment) for segment in segments[begin::2]]
    for key, data in zip_longest(keys, segments[begin + 1 :: 2], fillvalue=""):
        yield key, data.rjust(14, "0") if key == _GTIN else data
    for pair in re.split("[&;]", query):
        key, _, data = pair.partition("=")
        if key in _FORMS:
            yield key, unquote(data)


def _is_key(segment: str) -> bool:
    return _NAMES.get(segment.lower(), segment) in {"00", "01", "8006"}
