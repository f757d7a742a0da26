"""The explorer: GraphiQL at `/graphql` for browsers, its files under `/graphql/ide/`.

Wheels carry it built (`build_hook`), as `make ide` builds it into `dist/`: it needs no other host, and a server that
runs shows it from then on. Without that, the page loads GraphiQL from its CDN and says so. Both have a tab for each
operation in `tabs/`, which are documents of `schema/operations` with variables of their own to begin with.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec
from graphql import parse, separate_operations
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

HERE = Path(__file__).parent
BUNDLE = HERE / "dist"
CDN = "https://cdn.jsdelivr.net"
YEAR_SECONDS = 31_536_000
MEDIA = {".js": "text/javascript", ".css": "text/css", ".txt": "text/plain"}

_CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'"
_TABS = re.compile(rb'(<script type="application/json" id="tabs">).*?(</script>)', re.DOTALL)
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def built_at(bundle: Path = BUNDLE) -> int | None:
    """When it was built, in nanoseconds of some clock; None where it was not."""
    try:
        return (bundle / "index.html").stat().st_mtime_ns
    except OSError:
        return None


def page(bundle: Path = BUNDLE) -> Response:
    """The page, with the policy that it needs: our own files only, or the CDN's and one script known by its hash."""
    text, policy = _page(bundle, built_at(bundle))
    return HTMLResponse(
        text, headers={"content-security-policy": policy, "cache-control": "no-cache", "vary": "Accept"}
    )


async def shown(_: Request) -> Response:
    """Leads from the front to the page, whatever a proxy calls that."""
    return RedirectResponse("graphql", 307)


@lru_cache(maxsize=4)
def _page(bundle: Path, built: int | None) -> tuple[bytes, str]:
    own = built is not None
    template = (bundle / "index.html" if own else HERE / "cdn.html").read_bytes()
    shown = msgspec.json.encode(tabs()).replace(b"<", b"\\u003c")
    text = _TABS.sub(lambda match: match[1] + shown + match[2], template)
    return text, _own_policy() if own else _cdn_policy(text)


def files(bundle: Path = BUNDLE) -> Route:
    """What the page loads, kept by browsers for a year: the hash in a name changes with the file."""

    async def file(request: Request) -> Response:
        """One file of the bundle; the names are those of a build, so no path leads elsewhere."""
        path = _files(bundle, built_at(bundle)).get(request.path_params["name"])
        if path is None:
            return Response(status_code=404)
        caching = f"public, max-age={YEAR_SECONDS}, immutable"
        return FileResponse(path, media_type=MEDIA[path.suffix], headers={"cache-control": caching})

    return Route("/graphql/ide/{name}", file)


@lru_cache(maxsize=4)
def _files(bundle: Path, built: int | None) -> Mapping[str, Path]:  # noqa: ARG001  (another build, other files)
    return {path.name: path for path in (bundle / "files").glob("*") if path.is_file()}


def tabs() -> list[dict[str, str]]:
    """The example tabs as GraphiQL takes them, one for each operation, in the order of their files."""
    return [tab for path in sorted((HERE / "tabs").glob("*.graphql")) for tab in _tabs(path)]


def operations() -> frozenset[str]:
    """The names of the operations in the tabs."""
    texts = [path.read_bytes() for path in (HERE / "tabs").glob("*.json")]
    return frozenset(name for text in texts for name in msgspec.json.decode(text))


def _tabs(path: Path) -> Iterator[dict[str, str]]:
    text, variables = path.read_text(encoding="utf-8"), msgspec.json.decode(path.with_suffix(".json").read_bytes())
    heading = text.partition("\n\n")[0]
    for name, document in separate_operations(parse(text)).items():
        parts = [text[each.loc.start : each.loc.end] for each in document.definitions if each.loc]
        given = msgspec.json.format(msgspec.json.encode(variables[name])).decode()
        yield {"query": "\n\n".join([heading, *parts, ""]), "variables": given}


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
