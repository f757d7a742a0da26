"""Trusted documents: the operations of our own clients, known by the hash of their text.

A client sends `documentId` (the persisted documents of GraphQL over HTTP) or `extensions.persistedQuery.sha256Hash`
(Apollo) instead of `query`. Where only trusted documents are run, any other text is refused unread.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import msgspec
from graphql import DocumentNode, GraphQLError, parse, print_ast, separate_operations
from msgspec.structs import replace

from jxc_graphql.gql.run.result import Refused, error
from jxc_graphql.gql.wire.request import Parameters
from jxc_graphql.kit.settings import SettingsError

_NAMED = re.compile(r"^(?:query|mutation|subscription)\s+(\w+)", re.MULTILINE)


class Trusted:
    """The documents that are known by an id."""

    def __init__(self, documents: Mapping[str, str], *, only: bool = False, own: Iterable[str] = ()) -> None:
        """With `only`, nothing else is run but what is our `own`."""
        self._documents = documents
        self._texts = frozenset((*documents.values(), *own))
        self._only = only

    @property
    def names(self) -> frozenset[str]:
        """What these operations are called."""
        return frozenset(name for text in self._texts for name in _NAMED.findall(text))

    @property
    def texts(self) -> Collection[str]:
        """What they say, but for what is our own."""
        return self._documents.values()

    def resolve(self, parameters: Parameters) -> Parameters:
        """The parameters with the text they mean; raises `Refused` for an unknown id or a text not to be run."""
        id_ = parameters.id
        if id_ is None or parameters.query:
            if id_ is not None and id_.startswith("sha256:") and id_ != document_id(parameters.query):
                raise Refused([error("PERSISTED_QUERY_HASH_MISMATCH", "The hash is not that of the document.")])
            if self._only and parameters.query not in self._texts:
                raise Refused([error("DOCUMENT_NOT_TRUSTED", "Only registered documents are run here.")])
            return parameters
        text = self._documents.get(id_)
        if text is None:
            # The texts are those that Apollo's clients know.
            if self._documents:
                raise Refused([error("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")])
            raise Refused([error("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")])
        return replace(parameters, query=text)


def load(manifest: Path | None, *, only: bool = False, own: Iterable[str] = ()) -> Trusted:
    """The documents of a manifest, an object of texts by id; raises `SettingsError` when it cannot be used.

    `own`: what the server asks itself, which nobody has to list.
    """
    if manifest is None:
        return Trusted({}, only=only, own=own)
    try:
        documents = msgspec.json.decode(manifest.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise SettingsError(f"trusted_documents: {manifest}: {problem}") from None
    for id_, text in documents.items():
        if id_.startswith("sha256:") and id_ != document_id(text):
            raise SettingsError(f"trusted_documents: {manifest}: {id_} is not the hash of its text")
    return Trusted(documents, only=only, own=own)


def manifest(paths: Iterable[Path]) -> dict[str, str]:
    """The text of each operation in some files by its id, with the fragments it needs from whichever file has them."""
    try:
        definitions = tuple(
            each for path in sorted(paths) for each in parse(path.read_text(encoding="utf-8")).definitions
        )
    except (OSError, UnicodeDecodeError, GraphQLError) as problem:
        raise SettingsError(f"documents: {problem}") from None
    texts = [print_ast(one) for one in separate_operations(DocumentNode(definitions=definitions)).values()]
    return {document_id(text): text for text in texts}


def document_id(text: str) -> str:
    """The id of a document: the hash of its text."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
