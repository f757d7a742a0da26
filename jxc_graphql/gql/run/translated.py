"""Errors whose texts are made in English, in the language of whoever reads them; codes stay."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from jxc_graphql.gql.run.result import Error, Result

_FILE = Path(__file__).parent.parent / "translations.toml"


@cache
def _texts() -> list[tuple[re.Pattern[str], str]]:
    texts = tomllib.loads(_FILE.read_text(encoding="utf-8"))["texts"]
    return [(re.compile(pattern, re.DOTALL), text) for pattern, text in texts]


def text_in(locale: str, text: str) -> str:
    """A text in a language; as it is where nobody has translated it."""
    if locale != "zh-CN":
        return text
    for pattern, chinese in _texts():
        found = pattern.fullmatch(text)
        if found is not None:
            parts: dict[str, Any] = {name: part or "" for name, part in found.groupdict().items()}
            if "more" in parts:
                parts["more"] = text_in(locale, parts["more"])
            return chinese.format_map(parts)
    return text


def translated(result: Result, locale: str) -> Result:
    """An answer with its errors in a language."""
    if locale != "zh-CN" or result.errors is msgspec.UNSET:
        return result
    return replace(result, errors=[_translated(one, locale) for one in result.errors])


def _translated(error: Error, locale: str) -> Error:
    return {**error, "message": text_in(locale, error["message"])}
