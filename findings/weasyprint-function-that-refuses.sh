#!/usr/bin/env bash
# weasyprint 70.0: a `url_fetcher` that is a plain function, as all were before there was the class URLFetcher, is still
# accepted, but ends the whole document. Where it gives a dict, an assertion says that it "must return either a dict or a
# URLFetcherResponse instance" and takes no dict; where it refuses an address by raising ValueError, which for a fetcher is
# how to have an image left out, the place that handles refusals asks it for an attribute that only the class has. Whoever
# guards templates with such a function has no page as soon as one template names an image.
# `URLFetcher(allowed_protocols=...)` leaves it out, as functions did.
#
# Seen: function that answers: AssertionError; function that refuses: AttributeError; URLFetcher that refuses: a PDF
# Needs Pango of the system.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check weasyprint==70.0 2>/dev/null
cd "$folder"
venv/bin/python - <<'PYTHON'
from importlib.metadata import version
from typing import Any

from weasyprint import HTML
from weasyprint.urls import URLFetcher

PAGE = "<p>Delivery note</p><img src='https://shop.example/logo.svg'>"
LOGO = b"<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'><rect width='4' height='4'/></svg>"


def answers(url: str) -> dict[str, Any]:
    return {"string": LOGO, "mime_type": "image/svg+xml"}


def refuses(url: str) -> dict[str, Any]:
    raise ValueError(f"not loaded: {url}")


def made(fetcher: Any) -> str:
    try:
        return HTML(string=PAGE, url_fetcher=fetcher).write_pdf()[:4].decode()
    except Exception as problem:  # noqa: BLE001
        return f"{type(problem).__name__}: {problem}"


found = {
    "function that answers": made(answers),
    "function that refuses": made(refuses),
    "URLFetcher that refuses": made(URLFetcher(allowed_protocols={"data"})),
}
print("weasyprint", version("weasyprint"), found)
assert found["function that answers"].startswith("AssertionError: URL fetcher must return either a dict")
assert found["function that refuses"].startswith("AttributeError")
assert found["URLFetcher that refuses"] == "%PDF"
PYTHON
