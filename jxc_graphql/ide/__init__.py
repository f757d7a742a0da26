"""The explorer: GraphiQL at `/graphql` for browsers, its files under `/graphql/ide/`.

`make ide` builds it into `dist/`, from where it needs no other host; without that, the page loads GraphiQL from its CDN
and says so. Both show the tabs of `tabs/`, which are documents of `schema/operations` with variables to begin with.
"""

import base64
import hashlib
import re
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

HERE = Path(__file__).parent
BUNDLE = HERE / "dist"
CDN = "https://cdn.jsdelivr.net"
YEAR_SECONDS = 31_536_000
MEDIA = {".js": "text/javascript", ".css": "text/css", ".txt": "text/plain"}

_CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'"
_TABS = re.compile(rb'(<script type="application/json" id="tabs">).*?(</script>)', re.DOTALL)
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def page(bundle: Path = BUNDLE) -> Response:
    """The page, with the policy that it needs: our own files only, or the CDN's and one script known by its hash."""
    built = bundle / "index.html"
    own = built.is_file()
    template = (built if own else HERE / "cdn.html").read_bytes()
    shown = msgspec.json.encode(tabs()).replace(b"<", b"\\u003c")
    text = _TABS.sub(lambda match: match[1] + shown + match[2], template)
    policy = _own_policy() if own else _cdn_policy(text)
    return HTMLResponse(
        text, headers={"content-security-policy": policy, "cache-control": "no-cache", "vary": "Accept"}
    )


def files(bundle: Path = BUNDLE) -> Route:
    """What the page loads, kept by browsers for a year: the hash in a name changes with the file."""
    known = {path.name: path for path in (bundle / "files").glob("*") if path.is_file()}

    async def file(request: Request) -> Response:
        """One file of the bundle; the names are those found at the start, so no path leads elsewhere."""
        path = known.get(request.path_params["name"])
        if path is None:
            return Response(status_code=404)
        caching = f"public, max-age={YEAR_SECONDS}, immutable"
        return FileResponse(path, media_type=MEDIA[path.suffix], headers={"cache-control": caching})

    return Route("/graphql/ide/{name}", file)


def tabs() -> list[dict[str, str]]:
    """The example tabs as GraphiQL takes them, in the order of their files."""
    return [
        {"query": path.read_text(encoding="utf-8"), "variables": path.with_suffix(".json").read_text(encoding="utf-8")}
        for path in sorted((HERE / "tabs").glob("*.graphql"))
    ]


def _own_policy() -> str:
    """Scripts and workers are files of ours; Monaco writes style elements and style attributes, without a nonce."""
    return (
        f"{_CLOSED}; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src data:; font-src data:"
    )


def _cdn_policy(text: bytes) -> str:
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _SCRIPT.findall(text))
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"{_CLOSED}; script-src {CDN} {scripts}; style-src {CDN} 'unsafe-inline'; img-src data:; font-src data: {CDN}"
    )
