"""What may go wrong while a request is answered, as it is shown to the client."""

from typing import Any

import structlog
from graphql import GraphQLError

from jxc_graphql.gql.words.describe import step
from jxc_graphql.kit import db, messages
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError, Forbidden, Reason, Rejected, Unauthenticated

_log = structlog.get_logger(__name__)


class FieldError(Exception):
    """A field cannot be answered, for a reason that the client may know; its text is that of the code."""

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


def denied(call: Call, permission: str | None = None) -> DomainError:
    """Why a caller without the permission gets nothing."""
    if call.actor_id is None or permission is None:
        return Unauthenticated()
    return Forbidden(permission)


def formatted(error: GraphQLError, call: Call) -> dict[str, Any]:
    """An error of an executed field for the client; what is not known is logged and masked."""
    cause = error.original_error or error
    extensions: dict[str, Any]
    match cause:
        case Unauthenticated():
            message, extensions = messages.render_code(cause.code, call.locale), {"code": cause.code}
        case Forbidden(field=None):
            message = messages.render_code("FORBIDDEN", call.locale, permission=cause.permission)
            extensions = {"code": "FORBIDDEN", "permission": str(cause.permission)}
        case Forbidden():
            message = messages.render_code("HIDDEN_FIELD", call.locale, field=cause.field, permission=cause.permission)
            extensions = {"code": "FORBIDDEN", "permission": str(cause.permission), "field": cause.field}
        case Rejected():
            message = " ".join(messages.render(reason, call.locale) for reason in cause.reasons)
            extensions = {"code": cause.reasons[0].code if cause.reasons else "BAD_USER_INPUT"}
            extensions["problems"] = [_problem(reason, call) for reason in cause.reasons]
        case FieldError():
            message, extensions = messages.render_code(cause.code, call.locale, **cause.fields), {"code": cause.code}
        case GraphQLError():
            message, extensions = cause.message, {"code": "BAD_USER_INPUT", **(cause.extensions or {})}
        case _:
            message, extensions = _unforeseen(error, call)
    shown: dict[str, Any] = {"message": message}
    if error.locations:
        shown["locations"] = [{"line": one.line, "column": one.column} for one in error.locations]
    if error.path is not None:
        shown["path"] = error.path
    return shown | {"extensions": extensions}


def _problem(reason: Reason, call: Call) -> dict[str, Any]:
    """What is wrong with one argument, at its place among the arguments of the field."""
    path = [step(one) for one in reason.path]
    return {"path": path, "code": reason.code, "message": messages.render(reason, call.locale)}


def _unforeseen(error: GraphQLError, call: Call) -> tuple[str, dict[str, Any]]:
    cause = error.original_error
    if db.timed_out(cause):
        return messages.render_code("DEADLINE_EXCEEDED", call.locale), {"code": "DEADLINE_EXCEEDED"}
    if not db.unavailable(cause):
        _log.error("field.failed", path=error.path, exc_info=cause or error)
        return "Internal error.", {"code": "INTERNAL"}
    _log.warning("database.unavailable", path=error.path, error=repr(cause))
    told = ["UNAVAILABLE", *(["MAY_HAVE_HAPPENED"] if isinstance(cause, db.CommitUnknown) else [])]
    return " ".join(messages.render_code(code, call.locale) for code in told), {"code": "UNAVAILABLE"}
