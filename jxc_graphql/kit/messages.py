"""The texts behind codes, in the languages we speak; codes never change, texts may.

A text stands in the `messages.toml` beside the rules that give its reason, a line for each language:

    SAME_PLACE.en = "The goods are at {place} already."
    SAME_PLACE.zh-CN = "货物已在 {place}。"
"""

import tomllib
from collections.abc import Iterable
from enum import Enum
from functools import cache
from pathlib import Path

import msgspec

from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.labels import label

LOCALES = ("en", "zh-CN")
WISHES = 20
"""Languages of `Accept-Language` that are read."""


FILES = tuple(sorted(Path(__file__).parent.parent.rglob("messages.toml")))


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every code's text by locale."""
    return {code: texts for path in FILES for code, texts in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def choose_locale(accept_language: str) -> str:
    """The locale that an `Accept-Language` header likes best; the first of ours where it likes none."""
    liked: list[tuple[float, str]] = []
    for wish in accept_language.split(",", WISHES)[:WISHES]:
        tag, _, weight = wish.strip().partition(";q=")
        try:
            liked.append((float(weight or 1), _language(tag)))
        except ValueError:
            continue
    for degree, language in sorted(liked, key=lambda wish: -wish[0]):
        for locale in LOCALES:
            if degree > 0 and language == _language(locale):
                return locale
    return LOCALES[0]


def _language(tag: str) -> str:
    return tag.partition("-")[0].lower()


def render(reason: Reason, locale: str) -> str:
    """What is wrong, said to a human."""
    fields = {name: value for name, value in msgspec.structs.asdict(reason).items() if name != "path"}
    for name, kind in reason.labelled.items():
        words = fields[name]
        fields[name] = (
            label(kind, words, locale) if isinstance(words, str) else [label(kind, one, locale) for one in words]
        )
    return render_code(reason.code, locale, **fields)


def render_code(code: str, locale: str, /, **fields: object) -> str:
    """The text of a code with its fields filled in."""
    known = locale if locale in LOCALES else choose_locale(locale)
    return catalogue()[code][known].format_map({name: _said(value, known) for name, value in fields.items()})


def _said(value: object, locale: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, Enum):
        return label(type(value).__name__, value.name, locale)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_said(one, locale) for one in value) or "–"
    return str(value)
