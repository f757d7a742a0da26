"""What an operation answers, and what it answers when it is not run at all."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

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

    def encode(self, request_id: str) -> bytes:
        """The JSON text; every error names the request it belongs to."""
        errors = self.errors
        if errors is not msgspec.UNSET:
            errors = [_of_request(error, request_id) for error in errors]
        return msgspec.json.encode(Result(self.data, errors, self.extensions))


class Refused(Exception):
    """The document, its variables or its caller was refused before anything was run."""

    def __init__(self, errors: Iterable[Error]) -> None:
        super().__init__("refused")
        self.result = Result(errors=list(errors))


def error(code: str, message: str, **extensions: Any) -> Error:
    """An error without a place in the document."""
    return {"message": message, "extensions": {"code": code, **extensions}}


def _of_request(error: Mapping[str, Any], request_id: str) -> Error:
    return {**error, "extensions": {**error.get("extensions", {}), "requestId": request_id}}
