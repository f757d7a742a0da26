"""A page as PDF: `python -m jxc_graphql.prints.layout WIDTH HEIGHT < page > file`.

Nothing is loaded, neither files nor addresses, whatever a template of the company names. The millimetres count where
the page does not say itself how large it is; a roll has no height (0) and is cut where the page ends.
"""

import sys
from typing import Any

LONGEST = 5_000
"""Millimetres of a roll; PDF knows no longer page."""
TAIL = 6
"""Of them below the last line, by which a roll is torn off."""
MISSING = 3
"""How it ends where a library of the system is missing."""
_MILLIMETRES, _END = 25.4 / 96, "jxc-end"


def laid_out(page: str, width: int, height: int) -> bytes:
    """The file of a page; one without a height is as long as it has to be."""
    from weasyprint import CSS, HTML  # noqa: PLC0415  (an extra, and what it needs of the system may be missing)
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    within = URLFetcher(allowed_protocols={"data"})
    whole = HTML(string=page if height else f'{page}<div id="{_END}"></div>', url_fetcher=within)

    def cut(length: float) -> Any:
        return whole.render(stylesheets=[CSS(string=f"@page {{ size: {width}mm {length}mm }}", url_fetcher=within)])

    found = cut(height or LONGEST)
    if not height and len(found.pages) == 1:
        found = cut(found.pages[0].anchors[_END][1] * _MILLIMETRES + TAIL)
    made: bytes = found.write_pdf()
    return made


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(laid_out(sys.stdin.buffer.read().decode(), *map(int, sys.argv[1:])))
    except (OSError, ImportError) as missing:  # libraries of the system
        sys.stderr.write(f"PDF needs Pango: {missing}".partition("\n")[0])
        sys.exit(MISSING)
