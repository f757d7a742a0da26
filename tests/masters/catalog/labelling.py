"""GS1 labels as the General Specifications make them, apart from the program: what is meant, and how it is printed."""

import random
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote

FNC1 = "\x1d"
PREDEFINED = {"00", "01", "02", "03", "04", "20", "41", *map(str, range(11, 20)), *map(str, range(31, 37))}
"""First two digits of the identifiers whose data have a length of their own, so that no FNC1 follows."""
LOT_CHARACTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


def gtin(first_thirteen: str) -> str:
    """With its check digit: the weights are 3, 1, 3, … from the left."""
    total = sum(int(digit) * weight for digit, weight in zip(first_thirteen, [3, 1] * 7, strict=False))
    return first_thirteen + str((10 - total % 10) % 10)


def month_end(day: date) -> date:
    first_of_next = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first_of_next - timedelta(days=1)


class Label:
    """A label at random: `says` is what is printed by identifier, `means` what a reader must find."""

    def __init__(self, seed: int, today: date) -> None:
        self._dice = dice = random.Random(seed)
        self.gtin = gtin("".join(dice.choices("0123456789", k=13)))
        self.says: dict[str, str] = {}
        self.means: dict[str, object] = {"lot_number": None, "serial_number": None, "contained_count": None}
        if dice.random() < 0.2:
            count = dice.randint(1, 99_999_999)
            self.says |= {"02": self.gtin, "37": str(count)}
            self.means |= {"content_gtin": self.gtin, "contained_count": count}
        else:
            self.says["01"] = self.gtin
        for add in dice.sample([self.lot, self.serial, self.made, self.expiry, self.weight, self.price, self.items], 4):
            add(today)

    def text(self, most: int) -> str:
        return "".join(self._dice.choices(LOT_CHARACTERS, k=self._dice.randint(1, most)))

    def day(self, today: date, *, end_of_month: bool) -> tuple[str, date]:
        """A day that two digits of a year can tell: from 49 years ago to 50 ahead."""
        dice = self._dice
        day = date(today.year + dice.randint(-49, 50), dice.randint(1, 12), dice.randint(1, 28))
        if end_of_month and dice.random() < 0.5:
            return f"{day:%y%m}00", month_end(day)
        return f"{day:%y%m%d}", day

    def lot(self, _: date) -> None:
        self.says["10"] = self.means["lot_number"] = self.text(20)

    def serial(self, _: date) -> None:
        self.says["21"] = self.means["serial_number"] = self.text(20)

    def made(self, today: date) -> None:
        self.says["11"], self.means["produced_on"] = self.day(today, end_of_month=True)

    def expiry(self, today: date) -> None:
        if self._dice.random() < 0.3:
            digits, day = self.day(today, end_of_month=False)
            hour, minute = self._dice.randint(0, 23), self._dice.randint(0, 59)
            self.says["7003"] = f"{digits}{hour:02}{minute:02}"
            self.means["time"] = hour, minute
        else:
            identifier = self._dice.choice(["15", "17"])
            self.says[identifier], day = self.day(today, end_of_month=True)
        self.means["expires_on"] = day

    def weight(self, _: date) -> None:
        grams, places = self._dice.randint(0, 999_999), self._dice.randint(0, 4)
        self.says[f"310{places}"] = f"{grams:06}"
        self.means["net_weight"] = Decimal(grams) / 10**places

    def price(self, _: date) -> None:
        cents, places = self._dice.randint(0, 10**9), self._dice.randint(0, 4)
        self.says[f"392{places}"] = str(cents)
        self.means["price"] = Decimal(cents) / 10**places

    def items(self, _: date) -> None:
        if "37" not in self.says:
            count = self._dice.randint(1, 99_999_999)
            self.says["30"] = str(count)
            self.means["variable_count"] = count

    def shuffled(self) -> list[tuple[str, str]]:
        elements = [*self.says.items()]
        self._dice.shuffle(elements)
        return elements

    def element_string(self) -> str:
        """FNC1 behind whatever needs it, and here and there where it says nothing."""
        elements = self.shuffled()
        text = ""
        for index, (identifier, data) in enumerate(elements):
            is_last = index == len(elements) - 1
            needed = identifier[:2] not in PREDEFINED and not is_last and identifier != "7003"
            text += identifier + data + (FNC1 if needed or self._dice.random() < 0.2 else "")
        return self._dice.choice(["", FNC1, "]C1", "]e0", "]d2", "]Q3", "]J1", "]Q1", "\u3011C1"]) + text

    def in_brackets(self) -> str:
        return "".join(f"({identifier}){data}" for identifier, data in self.shuffled())

    def in_brackets_of_an_input_method(self) -> str:
        return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in self.in_brackets())

    def link(self) -> str:
        """A Digital Link: the GTIN and what belongs to it in the path, all else in the query."""
        path = "/01/" + self._dice.choice([self.gtin, self.gtin.lstrip("0").rjust(13, "0")])
        path += "".join(f"/{key}/{quote(self.says[key], safe='')}" for key in ("10", "21") if key in self.says)
        rest = [f"{key}={quote(data, safe='')}" for key, data in self.shuffled() if key not in {"01", "10", "21"}]
        host = self._dice.choice(["https://id.gs1.org", "http://shop.example/p/7", "HTTPS://X.CN"])
        return f"{host}{path}?{self._dice.choice('&;').join([*rest, 'linkType=all'])}"
