"""Amounts in Chinese words."""

import pytest

from jxc_graphql.kit.amounts import in_words, to_fen
from jxc_graphql.kit.numbers import LIMIT, Money


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("0.55", "伍角伍分"),
        ("10", "壹拾元整"),
        ("10.05", "壹拾元零伍分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("100000.01", "壹拾万元零壹分"),
        ("107000.53", "壹拾万零柒仟元伍角叁分"),
        ("10001000.10", "壹仟万零壹仟元壹角"),
        ("100000000", "壹亿元整"),
        ("100010001", "壹亿零壹万零壹元整"),
        ("1000010000", "壹拾亿零壹万元整"),
        ("-711.90", "负柒佰壹拾壹元玖角"),
    ],
)
def test_amounts_are_written_as_banks_want_them(amount: str, words: str) -> None:
    assert in_words(Money.of(amount)) == words


def test_what_lies_below_the_fen_is_rounded_half_away_from_zero() -> None:
    assert [to_fen(Money.of(text)) for text in ("0.0049", "0.005", "-0.005", "-0.0049", "2.675")] == [0, 1, -1, 0, 268]
    assert in_words(Money.of("0.995")) == "壹元整"


def test_every_amount_reads_back() -> None:
    digits = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1_000}

    def read(text: str) -> int:
        total = group = digit = 0
        for character in text:
            if character in digits:
                digit = digits[character]
            elif character in units:
                group, digit = group + digit * units[character], 0
            elif character in "万亿":
                total, group, digit = total + (group + digit) * (10_000 if character == "万" else 10**8), 0, 0
        return total + group + digit

    for yuan in [*range(1, 30_000, 7), *(LIMIT // 10_000 // 3**n for n in range(22))]:
        words = in_words(Money.of(yuan))
        assert read(words.removesuffix("元整")) == yuan, words
        assert "零零" not in words
