"""What signed links lead to: a file to save, or a place to send one to; and forms with a file."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse

from jxc_graphql.app import forms
from jxc_graphql.app.forms import BadForm, FileForm
from jxc_graphql.gql.schema.scalars import read_global_id
from jxc_graphql.gql.wire.gate import address_of
from jxc_graphql.gql.wire.request import bearer
from jxc_graphql.kit import links
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError, Forbidden, NotFound, Rejected, Unauthenticated, UnknownId
from jxc_graphql.kit.files import FileTooLarge
from jxc_graphql.kit.messages import LOCALES, choose_locale, render, render_code
from jxc_graphql.kit.shelves import FilesUnavailable
from jxc_graphql.office.attachments import operations as attachments
from jxc_graphql.office.auth.queries import call_of_token

METHODS = ["GET", "PUT"]
_PRIVATE = {"cache-control": "private, no-store"}
_log = structlog.get_logger(__name__)


async def linked(request: Request) -> Response:
    """Answers a signed link: GET saves what it leads to, PUT sends a file there.

    Whoever declares a kind of link looks anew at the rights of the user for whom it was made.
    """
    return await _answered(request, _linked)


async def posted(request: Request) -> Response:
    """Answers a form with a file (multipart/form-data): attached as if its sender had asked for a link and used it."""
    return await _answered(request, _posted)


async def _answered(request: Request, work: Callable[[Request], Awaitable[Response]]) -> Response:
    try:
        return await work(request)
    except ClientDisconnect:
        return Response(status_code=HTTPStatus.BAD_REQUEST)  # which nobody reads any more
    except (BadForm, FileTooLarge, FilesUnavailable) as error:
        return _not_kept(error, _locale(request))
    except (NotFound, FileNotFoundError):
        return _refused(HTTPStatus.NOT_FOUND, "NOT_FOUND", render_code("FILE_GONE", _locale(request)))
    except Rejected as error:
        return _refused(HTTPStatus.BAD_REQUEST, error.reasons[0].code, render(error.reasons[0], _locale(request)))
    except DomainError:
        return _refused(HTTPStatus.FORBIDDEN, "FORBIDDEN", render_code("RIGHTS_CHANGED", _locale(request)))


def _locale(request: Request) -> str:
    return choose_locale(request.headers.get("accept-language", "")) or LOCALES[0]


async def _linked(request: Request) -> Response:
    link = await links.read(request.path_params["link"])
    await _check_bearer(request, link)
    return await (_taken if request.method == "PUT" else _opened)(request, link)


async def _posted(request: Request) -> Response:
    try:
        call = await _caller(request)
    except Unauthenticated as error:
        told = {"code": error.code, "message": render_code(error.code, _locale(request))}
        return JSONResponse(told, HTTPStatus.UNAUTHORIZED, {**_PRIVATE, "www-authenticate": "Bearer"})
    form = await forms.read(request.headers.get("content-type", ""), request.stream())
    try:
        asked = await attachments.request_upload(call, owner=_owner(form), name=form.name)
    except NotFound as error:
        return _refused(HTTPStatus.NOT_FOUND, "NOT_FOUND", render(error.reasons[0], _locale(request)))
    except Forbidden as error:
        text = render_code("FORBIDDEN", _locale(request), permission=error.permission)
        return _refused(HTTPStatus.FORBIDDEN, "FORBIDDEN", text)
    assert call.actor_id is not None
    attached = await links.TAKEN["upload"](call.actor_id, asked.upload_id, form.pieces)
    return JSONResponse(dict(attached), headers=_PRIVATE)


def _owner(form: FileForm) -> tuple[str, int]:
    try:
        return read_global_id(form.fields.get("ownerId", ""))
    except ValueError:
        raise NotFound(UnknownId(path=("owner_id",), kind="Node")) from None


async def _caller(request: Request) -> Call:
    token = bearer(request.headers.get("authorization"))
    if token is None:
        raise Unauthenticated
    locale = choose_locale(request.headers.get("accept-language", ""))
    id_, address = request.state.request_id, address_of(request)
    return await call_of_token(token, locale=locale, request_id=id_, address=address)


async def _check_bearer(request: Request, link: links.SignedLink | None) -> None:
    """Raises `Forbidden` for whoever shows that he is another than the link was made for."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if link is not None and scheme.lower() == "bearer":
        call = await call_of_token(token.strip(), locale=None, request_id="")
        if call.actor_id != link.user_id:
            raise Forbidden(link.kind)


async def _opened(request: Request, link: links.SignedLink | None) -> Response:
    if link is None or link.kind not in links.OPENED:
        return _ended(request)
    found = await links.OPENED[link.kind](link.user_id, link.thing_id)
    if isinstance(found.file, Path):
        return FileResponse(found.file, filename=found.name, media_type=found.media_type, headers=_PRIVATE)
    pieces = () if request.method == "HEAD" else found.file.pieces
    told = {**_PRIVATE, "content-length": str(found.file.size), "content-disposition": _attached(found.name)}
    return StreamingResponse(pieces, media_type=found.media_type, headers=told)


async def _taken(request: Request, link: links.SignedLink | None) -> Response:
    if link is None or link.kind not in links.TAKEN:
        return _ended(request)
    told = await links.TAKEN[link.kind](link.user_id, link.thing_id, request.stream())
    return JSONResponse(dict(told), headers=_PRIVATE)


def _attached(name: str) -> str:
    """As `FileResponse` has it."""
    quoted = quote(name)
    return f"attachment; filename*=utf-8''{quoted}" if quoted != name else f'attachment; filename="{name}"'


def _not_kept(error: BadForm | FileTooLarge | FilesUnavailable, locale: str) -> Response:
    if isinstance(error, BadForm):
        return _refused(HTTPStatus.BAD_REQUEST, "BAD_FORM", render_code("BAD_FORM", locale))
    if isinstance(error, FileTooLarge):
        text = render_code("FILE_TOO_LARGE", locale, most=error.most)
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "FILE_TOO_LARGE", text)
    _log.warning("files.unavailable", error=str(error))
    return _refused(HTTPStatus.SERVICE_UNAVAILABLE, "FILES_UNAVAILABLE", render_code("FILES_UNAVAILABLE", locale))


def _ended(request: Request) -> Response:
    return _refused(HTTPStatus.NOT_FOUND, "LINK_ENDED", render_code("LINK_ENDED", _locale(request)))


def _refused(status: HTTPStatus, code: str, text: str) -> Response:
    return JSONResponse({"code": code, "message": text}, status, _PRIVATE)
