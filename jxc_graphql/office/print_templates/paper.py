"""The papers that there are: their size, and how many lines a page has."""

from enum import StrEnum

import msgspec


class Paper(StrEnum):
    """What a document is printed on (纸张)."""

    A4 = "A4"
    """A sheet of a laser printer, upright."""
    A5 = "A5"
    """Half of it, across."""
    CONTINUOUS_140 = "CONTINUOUS_140"
    """Continuous paper of a dot-matrix printer (针式三联纸), 241 × 140 mm: half a page."""
    CONTINUOUS_93 = "CONTINUOUS_93"
    """The same, 241 × 93 mm: a third of a page."""
    TICKET_80 = "TICKET_80"
    """The roll of a till (小票), 80 mm, as long as it has to be."""
    TICKET_58 = "TICKET_58"
    """The same, 58 mm."""


class PaperSize(msgspec.Struct, frozen=True):
    """Millimetres of a page, and lines that it holds; a roll has no end."""

    width: int
    height: int | None
    margin: int
    lines: int | None

    @property
    def is_roll(self) -> bool:
        """Whether it is as long as what is printed."""
        return self.height is None


SIZES = {
    Paper.A4: PaperSize(210, 297, 12, 28),
    Paper.A5: PaperSize(210, 148, 9, 9),
    Paper.CONTINUOUS_140: PaperSize(241, 140, 8, 9),
    Paper.CONTINUOUS_93: PaperSize(241, 93, 6, 3),
    Paper.TICKET_80: PaperSize(80, None, 4, None),
    Paper.TICKET_58: PaperSize(58, None, 3, None),
}
