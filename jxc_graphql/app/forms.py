"""Forms with a file (multipart/form-data): their fields come first, and the file is handed on as it arrives."""

from collections.abc import AsyncIterator

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

MOST_BEFORE = 2**16
"""Bytes before a file."""
_FILE = b"file"


class BadForm(Exception):
    """What is sent is no form with one file at its end; the text says why."""


class FileForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form as far as it has arrived: its fields, how the file is called, and what is in it, piece by piece."""

    fields: dict[str, str]
    name: str
    pieces: AsyncIterator[bytes]
    """Raises `BadForm` where the form breaks off."""


async def read(content_type: str, chunks: AsyncIterator[bytes]) -> FileForm:
    """A form up to its file; raises `BadForm`."""
    reading, size = _Reading(content_type), 0
    async for chunk in chunks:
        size += len(chunk)
        reading.feed(chunk)
        if reading.name is not None:
            return FileForm(fields=reading.fields, name=reading.name, pieces=_pieces(reading, chunks))
        if size > MOST_BEFORE:
            raise BadForm("Too much comes before the file.")
    raise BadForm("There is no part `file` with a file name.")


async def _pieces(reading: "_Reading", chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    for piece in reading.taken():
        yield piece
    while not reading.is_whole:
        chunk = await anext(chunks, None)
        if chunk is None:
            raise BadForm("The form breaks off.")
        reading.feed(chunk)
        for piece in reading.taken():
            yield piece


class _Reading:
    """What the parser has come across."""

    def __init__(self, content_type: str) -> None:
        kind, told = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not told.get(b"boundary"):
            raise BadForm("Send multipart/form-data with a boundary.")
        self.fields: dict[str, str] = {}
        self.name: str | None = None
        self.is_whole = False
        self._pieces: list[bytes] = []
        self._field = self._value = self._header = self._told = self._disposition = b""
        self._parser = MultipartParser(
            told[b"boundary"],
            {
                "on_part_begin": self._begin,
                "on_header_field": self._name_header,
                "on_header_value": self._tell_header,
                "on_header_end": self._end_header,
                "on_headers_finished": self._open,
                "on_part_data": self._take,
                "on_part_end": self._close,
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Takes what has arrived; raises `BadForm`."""
        try:
            self._parser.write(chunk)
        except (FormParserError, UnicodeDecodeError) as error:
            raise BadForm("This is no multipart/form-data in UTF-8.") from error

    def taken(self) -> list[bytes]:
        """What has come of the file since this was last asked."""
        found, self._pieces = self._pieces, []
        return found

    def _begin(self) -> None:
        if self.name is not None:
            raise BadForm("The file comes last, and there is one.")
        self._value = self._disposition = b""

    def _name_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _tell_header(self, data: bytes, start: int, end: int) -> None:
        self._told += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._told
        self._header = self._told = b""

    def _open(self) -> None:
        _, told = parse_options_header(self._disposition)
        self._field = told.get(b"name", b"")
        if self._field == _FILE and b"filename" in told:
            self.name = told[b"filename"].decode()

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self.name is not None:
            self._pieces.append(data[start:end])
        else:
            self._value += data[start:end]

    def _close(self) -> None:
        if self.name is None:
            self.fields[self._field.decode()] = self._value.decode()

    def _end(self) -> None:
        self.is_whole = True
