"""Trusted documents: GraphQL documents that the operator chose, named by their SHA-256, checked at the start."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson
from graphql import GraphQLError, GraphQLSchema

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.settings import Settings
from denshi_hosho.schema.errors import QuietSchema, RequestRefused, fault_of
from denshi_hosho.schema.examining import examine, parse_within_limits
from denshi_hosho.schema.extensions import first_rules

PREFIX: Final = "sha256:"
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class TrustedDocumentsInvalid(HoshoError):
    """The file of trusted documents cannot be read, or one of its documents cannot be trusted."""

    code = "TRUSTED_DOCUMENTS"


@dataclass(frozen=True, slots=True)
class TrustedDocuments:
    """Documents by their hash. With `only`, no other document is executed."""

    documents: Mapping[str, str] = field(default_factory=dict)
    only: bool = False

    def document(self, query: str | None, document_id: str | None, apollo_hash: str | None) -> str | None:
        """Return the document that a request means; None if it means none. Raise `RequestRefused`.

        A request may say the document, name it by `document_id` ("sha256:…") or as Apollo's clients do by
        `apollo_hash`, or both say and name it. Nothing that a client sends is kept.
        """
        named = document_id if document_id is not None else None if apollo_hash is None else PREFIX + apollo_hash
        if query is None and named is not None:
            return self._named(named, apollo=document_id is None)
        if query is not None and named not in {None, PREFIX + digest(query)}:
            raise RequestRefused(400, "DOCUMENT_ID_WRONG", _ID_WRONG[0], _ID_WRONG[1])
        if query is not None and self.only and digest(query) not in self.documents:
            raise RequestRefused(403, "DOCUMENT_NOT_TRUSTED", _NOT_TRUSTED[0], _NOT_TRUSTED[1])
        return query

    def _named(self, document_id: str, *, apollo: bool) -> str:
        found = self.documents.get(document_id.removeprefix(PREFIX)) if document_id.startswith(PREFIX) else None
        if found is not None:
            return found
        if apollo:
            # Its clients compare the message with these words, and then send the document, once or from now on.
            word = "PersistedQueryNotFound" if self.documents else "PersistedQueryNotSupported"
            raise RequestRefused(200, "DOCUMENT_UNKNOWN", word, f"{word}: {_UNKNOWN[1]}")
        raise RequestRefused(404, "DOCUMENT_UNKNOWN", _UNKNOWN[0], _UNKNOWN[1])


_ID_WRONG: Final = (
    "「query」と文書のIDが一致しません。IDはqueryのUTF-8のSHA-256(16進小文字)です。",
    "The id is not that of 'query': it must be the SHA-256 of its UTF-8, in lower-case hexadecimal.",
)
_NOT_TRUSTED: Final = (
    "ここでは登録済みの文書だけを実行します。「documentId」で指定してください。",
    "Only trusted documents are executed here. Name one by 'documentId'.",
)
_UNKNOWN: Final = (
    "このIDの文書は登録されていません。文書は運用者だけが登録できます。",
    "No trusted document has this id. Only the operator can add documents.",
)


def digest(text: str) -> str:
    """Return the SHA-256 of a document's UTF-8, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def trusted_documents(settings: Settings, schema: QuietSchema) -> TrustedDocuments:
    """Return the documents that the settings name. Raise `TrustedDocumentsInvalid`."""
    file = settings.trusted_documents
    if file is None:
        if settings.trusted_only:
            raise TrustedDocumentsInvalid(
                "HOSHO_TRUSTED_ONLY=1 には HOSHO_TRUSTED_DOCUMENTS の指定が必要です。",
                "HOSHO_TRUSTED_ONLY=1 needs HOSHO_TRUSTED_DOCUMENTS.",
            )
        return TrustedDocuments()
    try:
        manifest = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise _invalid(file, "JSONとして読めません", "cannot be read as JSON") from error
    if not isinstance(manifest, dict) or not all(isinstance(text, str) for text in manifest.values()):
        raise _invalid(file, "SHA-256から文書への対応ではありません", "is no object of SHA-256 to document")
    for name, text in manifest.items():
        if not _HASH.fullmatch(name) or name != digest(text):
            raise _invalid(
                file, f"「{name[:80]}」は文書のSHA-256ではありません", f"{name[:80]!r} is not its document's SHA-256"
            )
        check(text, f"{file}: {name}", schema, development=settings.development)
    return TrustedDocuments(manifest, settings.trusted_only)


def manifest_of(files: Iterable[Path], schema: QuietSchema) -> dict[str, str]:
    """Return the manifest of these `.graphql` files, each one document. Raise `TrustedDocumentsInvalid`."""
    found: dict[str, str] = {}
    for file in files:
        try:
            text = file.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise _invalid(file, "UTF-8として読めません", "cannot be read as UTF-8") from error
        check(text, str(file), schema, development=False)
        found[digest(text)] = text
    return dict(sorted(found.items()))


def check(text: str, place: str, schema: QuietSchema, *, development: bool) -> None:
    """Raise `TrustedDocumentsInvalid` unless the text is a document within the limits that fits the schema."""
    inner: GraphQLSchema = schema._schema  # noqa: SLF001  (Strawberry offers no other way to it)
    try:
        verdict = examine(inner, parse_within_limits(text), first_rules(development=development))
    except HoshoError as error:
        raise _invalid(place, error.ja, error.en) from error
    except GraphQLError as error:
        raise _fault(place, error) from error
    if verdict.errors:
        raise _fault(place, verdict.errors[0])
    if not verdict.operations:
        raise _invalid(place, "操作がありません", "holds no operation")


def _fault(place: str, error: GraphQLError) -> TrustedDocumentsInvalid:
    line = f":{error.locations[0].line}" if error.locations else ""
    fault = fault_of(error, suggestions=True)
    return _invalid(f"{place}{line}", fault.ja, fault.en)


def _invalid(place: object, ja: str, en: str) -> TrustedDocumentsInvalid:
    return TrustedDocumentsInvalid(f"{place}: {ja}", f"{place}: {en}")
