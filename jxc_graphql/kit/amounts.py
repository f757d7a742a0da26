"""Amounts of money in Chinese words (大写金额), as vouchers and delivery notes have them.

The rules are those of the 支付结算办法 (正确填写票据和结算凭证的基本规定): capital digits; 整 behind 元 where nothing
follows, and nothing behind 角 or 分; one 零 for zeros inside, however many, and where 角 is 0 between 元 and 分; 负
before what is below 0.
"""

from jxc_graphql.kit.fen import FEN, whole_fen
from jxc_graphql.kit.numbers import Money

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")
_WHOLE = 1_000
"""Up from here a group of four digits begins with none that is 0."""


def to_fen(money: Money) -> int:
    """How many fen an amount comes to, half away from zero."""
    return int(whole_fen(money)) // FEN


def in_words(money: Money) -> str:
    """An amount in capital Chinese words, to the fen: `1409.50` → 壹仟肆佰零玖元伍角."""
    fen = to_fen(money)
    yuan, rest = divmod(abs(fen), 100)
    jiao, fen_left = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan or not rest else ""
    if not rest:
        text += "整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif fen_left and yuan:
        text += "零"
    if fen_left:
        text += f"{_DIGITS[fen_left]}分"
    return f"负{text}" if fen < 0 else text


def _whole(number: int) -> str:
    if not number:
        return _DIGITS[0]
    text, zero = "", False
    for place in reversed(range(len(_GROUPS))):
        group = number // 10_000**place % 10_000
        if group:
            text += ("零" if text and (zero or group < _WHOLE) else "") + _group(group) + _GROUPS[place]
        zero = group % 10 == 0
    return text


def _group(number: int) -> str:
    text, zero = "", False
    for place in reversed(range(len(_PLACES))):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + _PLACES[place]
        zero = not digit
    return text
