"""What people read for the words of enums and for the names of facts, in the languages we speak.

In English a word is read as it stands: `PARTIALLY_RECEIVED` is "Partially received". Its Chinese label is the Chinese
in its description (`Draft (草稿): …`), or stands in the `labels.toml` of its feature, under the enum, under `Fact`,
under `Kind` for kinds of things, or under `field` for what lists are sorted by:

    [Permission]
    SEE_COST = "查看成本"

What follows from something else is told (`tell`) where that is declared; a file may say it otherwise.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILES = tuple(sorted(Path(__file__).parent.parent.rglob("labels.toml")))
_CHINESE = re.compile(r"\(([^()]*[\u4e00-\u9fff][^()]*)\)")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_described: dict[str, Mapping[str, str]] = {}
"""The descriptions of the values of enums that clients see."""
_told: dict[str, dict[str, str]] = {}
"""The Chinese labels that no file needs to have, by enum and value."""
_KEPT = {"sku": "SKU", "skus": "SKUs", "id": "ID", "api": "API"}


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """The Chinese labels that stand in files, by enum and value."""
    found: dict[str, dict[str, str]] = {}
    for path in FILES:
        for kind, labels in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found.setdefault(kind, {}).update(labels)
    return found


def facts() -> dict[str, str]:
    """The Chinese labels of facts by their names in journals."""
    return _told.get("Fact", {}) | catalogue()["Fact"]


def english(name: str) -> str:
    """The words of a name: `BUSINESS_DATE` or `BusinessDate` → `Business date`."""
    words = [_KEPT.get(word.lower(), word.lower()) for word in _WORD.sub("_", name).split("_")]
    return words[0][:1].upper() + " ".join(words)[1:]


def chinese(kind: str, name: str, description: str = "") -> str | None:
    """The Chinese label of a value of an enum; None where nobody wrote it."""
    of_list = "field" if kind.endswith("OrderField") else kind
    found = _CHINESE.search(description or _described.get(kind, {}).get(name, ""))
    told = (labels.get(of_list, {}).get(name) for labels in (catalogue(), _told))
    return next(filter(None, told), found[1] if found else None)


def tell(kind: str, labels: Mapping[str, str]) -> None:
    """Says the Chinese labels of values of an enum that follow from what is declared."""
    _told.setdefault(kind, {}).update(labels)


def describe(kind: str, texts: Mapping[str, str]) -> None:
    """Says what the values of an enum mean: whoever reads of one reads it as people call it."""
    _described[kind] = texts


def label(kind: str, name: str, locale: str) -> str:
    """The label of a word that stands in a file, or of a value of an enum that is described, in a language."""
    return (chinese(kind, name) if locale == "zh-CN" else None) or english(name)
