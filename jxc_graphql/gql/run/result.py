"""What an operation answers, and what it answers when it is not run at all."""

from collections.abc import Iterable
from typing import Any

import msgspec
import structlog

from jxc_graphql.kit import db
from jxc_graphql.kit.errors import Unauthenticated
from jxc_graphql.kit.messages import choose_locale, render_code

_log = structlog.get_logger(__name__)

Error = dict[str, Any]
"""`message`, perhaps `locations` and `path`, and `extensions` with at least `code`."""


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer: `data` is unset when nothing was run, and null when a failure reached the top."""

    data: Any = msgspec.UNSET
    errors: list[Error] | msgspec.UnsetType = msgspec.UNSET
    extensions: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET

    @property
    def was_run(self) -> bool:
        """Whether execution began."""
        return self.data is not msgspec.UNSET

    @property
    def is_unavailable(self) -> bool:
        """Whether any of it failed because the database could not be used."""
        errors = () if self.errors is msgspec.UNSET else self.errors
        return any(each.get("extensions", {}).get("code") == UNAVAILABLE for each in errors)

    def of_request(self, request_id: str) -> "Result":
        """The same, with the id of the request in every error."""
        if self.errors is msgspec.UNSET:
            return self
        errors = [{**e, "extensions": {**e.get("extensions", {}), "requestId": request_id}} for e in self.errors]
        return Result(self.data, errors, self.extensions)

    def encode(self, request_id: str) -> bytes:
        """The JSON text; every error names the request it belongs to."""
        return msgspec.json.encode(self.of_request(request_id))


class Refused(Exception):
    """The document, its variables or its caller was refused before anything was run."""

    def __init__(self, errors: Iterable[Error]) -> None:
        super().__init__("refused")
        self.result = Result(errors=list(errors))


def error(code: str, message: str, **extensions: Any) -> Error:
    """An error without a place in the document."""
    return {"message": message, "extensions": {"code": code, **extensions}}


def unauthenticated(refused: Unauthenticated, accept_language: str | None) -> Result:
    """The answer to a token that is not good."""
    return Result(errors=[error(refused.code, render_code(refused.code, choose_locale(accept_language or "")))])


UNAVAILABLE = "UNAVAILABLE"
"""The code of what failed because the database could not be used: the same request may be sent again."""
_INTERNAL = Result(errors=[error("INTERNAL", "Internal error.")])


def failed(failure: Exception, accept_language: str | None) -> Result:
    """The answer where something failed that should not; a client never sees more, the log says what."""
    if db.unavailable(failure):
        _log.warning("database.unavailable", error=repr(failure))
        locale = choose_locale(accept_language or "")
        return Result(errors=[error(UNAVAILABLE, render_code(UNAVAILABLE, locale))])
    _log.error("operation.failed", exc_info=failure)
    return _INTERNAL
