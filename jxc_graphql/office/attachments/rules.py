"""Which files are admitted, by what is in them, and what may be wrong with one."""

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import filetype
from msgspec import UNSET

from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.text import check_text, printable

NAME_LIMIT = 200
_OFFICE = "application/vnd.openxmlformats-officedocument"
_TEXT = "text/plain"
ADMITTED = {
    "image/png": {".png"},
    "image/jpeg": {".jpg", ".jpeg", ".jfif"},
    "image/webp": {".webp"},
    "image/gif": {".gif"},
    "image/heic": {".heic", ".heif"},
    "application/pdf": {".pdf"},
    f"{_OFFICE}.wordprocessingml.document": {".docx"},
    f"{_OFFICE}.spreadsheetml.sheet": {".xlsx"},
    f"{_OFFICE}.presentationml.presentation": {".pptx"},
    _TEXT: {".txt", ".csv"},
}
"""The types that are admitted, and how names of such files end."""
PICTURES = tuple(one for one in ADMITTED if one.startswith("image/"))
_UNSAFE = set('/\\:*?"<>|')


class FileEmpty(Reason, frozen=True, kw_only=True):
    """A file without a byte."""


class FileTypeNotAdmitted(Reason, frozen=True, kw_only=True):
    """A file of a type that is not admitted, whatever its name says."""

    admitted: str
    """How names of files end that are."""


class NotWhatItsNameSays(Reason, frozen=True, kw_only=True):
    """What is in the file is of another type than its name ends with."""

    media_type: str
    """The type of what is in it."""


class InvalidFileName(Reason, frozen=True, kw_only=True):
    """A name that is none of a file: it has a slash or the like in it, or begins with a dot."""


class FilesFull(Reason, frozen=True, kw_only=True):
    """All files of the company together would have more bytes than they may."""

    limit: int


class AttachmentGone(Reason, frozen=True, kw_only=True):
    """It was deleted already."""


def check_name(name: Change[str]) -> Iterator[Reason]:
    """What is wrong with the name of a file."""
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    if name is not UNSET and (_UNSAFE & {*name} or "\n" in name or "\t" in name or name.strip().startswith(".")):
        yield InvalidFileName(path=("name",))


def media_type(file: Path) -> str | None:
    """The type of what is in a file; None where it is none that is admitted."""
    guessed: Any = filetype.guess_mime(str(file))
    found = str(guessed) if guessed else _TEXT if _is_text(file) else None
    return found if found in ADMITTED else None


def check_type(name: str, found: str | None) -> Iterator[Reason]:
    """Whether a file of this type may be kept, and under this name."""
    ending = PurePath(name).suffix.lower()
    if found is None or (found == _TEXT and ending not in _ALL):
        yield FileTypeNotAdmitted(admitted=" ".join(sorted(_ALL)))
    elif ending not in ADMITTED[found]:
        yield NotWhatItsNameSays(media_type=found)


_ALL = {ending for endings in ADMITTED.values() for ending in endings}


def _is_text(file: Path) -> bool:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return printable(text.replace("\r\n", "\n"))
