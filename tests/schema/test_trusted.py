"""Trusted documents: named by their hash, checked at the start, and, if the operator wants it, the only ones."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.settings import Settings
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema.root import build_schema
from denshi_hosho.schema.trusted import TrustedDocumentsInvalid, digest, manifest_of, trusted_documents
from tests.client import Api
from tests.conftest import api_of

HELLO = "query Hello { __typename }\n# 電子保証\n"
MANY = "query A($n: Int) { obligees(first: $n) { totalCount } } query B { __typename }"
UNKNOWN = "0" * 64
SCHEMA = build_schema()
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


def trusting(
    platform: Platform, folder: Path, *, only: bool = False, documents: tuple[str, ...] = (HELLO, MANY)
) -> Platform:
    file = folder / "trusted.json"
    file.write_text(json.dumps({digest(text): text for text in documents}))
    return replace(platform, settings=replace(platform.settings, trusted_documents=file, trusted_only=only))


async def send(api: Api, **parameters: Any) -> httpx.Response:
    return await api.http.post("/graphql", json=parameters)


def apollo(sha256: Any) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256}}


def code(answer: httpx.Response) -> tuple[int, str]:
    (error,) = answer.json()["errors"]
    assert "data" not in answer.json()
    assert error["extensions"]["messageEn"]
    return answer.status_code, error["extensions"]["code"]


@pytest.mark.anyio
@SQLITE
@pytest.mark.parametrize("only", [False, True])
async def test_a_document_is_named_instead_of_sent(platform: Platform, tmp_path: Path, *, only: bool) -> None:
    async with api_of(trusting(platform, tmp_path, only=only)) as api:
        hello, many = digest(HELLO), digest(MANY)
        for named in ({"documentId": f"sha256:{hello}"}, {"extensions": apollo(hello)}, {"query": HELLO},
                      {"query": HELLO, "documentId": f"sha256:{hello}"}, {"query": HELLO, "extensions": apollo(hello)},
                      {"query": "", "documentId": f"sha256:{hello}"}):  # fmt: skip
            answer = await send(api, **named)
            assert (answer.status_code, answer.json()) == (200, {"data": {"__typename": "Query"}}), named
        counted = await send(api, documentId=f"sha256:{many}", operationName="A", variables={"n": 1})
        assert counted.json()["data"]["obligees"]["totalCount"] > 0
        assert code(await send(api, documentId=f"sha256:{many}")) == (200, "GRAPHQL_INVALID")


@pytest.mark.anyio
@SQLITE
async def test_an_unknown_document_is_said_in_ours_and_in_apollos_way(platform: Platform, tmp_path: Path) -> None:
    async with api_of(trusting(platform, tmp_path)) as api:
        for named in (
            f"sha256:{UNKNOWN}",
            digest(HELLO),
            f"sha256:{digest(HELLO).upper()}",
            "md5:1",
            "",
            "sha256:",
            "x" * 9000,
        ):
            expected = (404, "DOCUMENT_UNKNOWN")
            assert code(await send(api, documentId=named)) == expected, named
        answer = await send(api, extensions=apollo(UNKNOWN))
        assert code(answer) == (200, "DOCUMENT_UNKNOWN")
        assert answer.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    async with api_of(platform) as api:
        assert code(await send(api, documentId=f"sha256:{digest(HELLO)}")) == (404, "DOCUMENT_UNKNOWN")
        answer = await send(api, extensions=apollo(digest(HELLO)))
        assert answer.json()["errors"][0]["message"] == "PersistedQueryNotSupported"


@pytest.mark.anyio
@SQLITE
async def test_a_client_cannot_add_a_document(platform: Platform, tmp_path: Path) -> None:
    other = "{ sureties { name } }"
    async with api_of(trusting(platform, tmp_path)) as api:
        sent = await send(api, query=other, extensions=apollo(digest(other)))
        assert sent.json()["data"]["sureties"], "executed, as the document that it is"
        assert code(await send(api, extensions=apollo(digest(other)))) == (200, "DOCUMENT_UNKNOWN")
        for wrong in ({"documentId": f"sha256:{UNKNOWN}"}, {"extensions": apollo(UNKNOWN)}, {"documentId": "x"}):
            assert code(await send(api, query=other, **wrong)) == (400, "DOCUMENT_ID_WRONG")
        assert code(await send(api, documentId=7)) == (400, "PARAMETER_INVALID")
        for no_name in (apollo(7), apollo(None), {"persistedQuery": "x"}, {}):
            assert code(await send(api, extensions=no_name)) == (400, "QUERY_MISSING")


@pytest.mark.anyio
@SQLITE
async def test_no_other_document_is_executed_when_only_trusted_ones_are(platform: Platform, tmp_path: Path) -> None:
    async with api_of(trusting(platform, tmp_path, only=True)) as api:
        before = await api.rows()
        for other in (
            "{ __typename }",
            HELLO + " ",
            HELLO.strip(),
            "mutation { signOut(input: {refreshToken: 1}) { x } }",
            "{",
        ):
            assert code(await send(api, query=other)) == (403, "DOCUMENT_NOT_TRUSTED")
            named = await send(api, query=other, extensions=apollo(digest(other)))
            assert code(named) == (403, "DOCUMENT_NOT_TRUSTED")
        assert await api.rows() == before


@pytest.mark.anyio
@SQLITE
async def test_in_development_a_document_is_named_by_get(platform: Platform, tmp_path: Path) -> None:
    trusted = trusting(platform, tmp_path, only=True)
    async with api_of(replace(trusted, settings=replace(trusted.settings, development=True))) as api:
        answer = await api.http.get(
            "/graphql", params={"documentId": f"sha256:{digest(HELLO)}"}, headers={"accept": "text/html,*/*"}
        )
        assert answer.json() == {"data": {"__typename": "Query"}}
        assert (await api.http.get("/graphql", params={"query": "{ __typename }"})).status_code == 403


def load(file: Path, *, only: bool = False) -> None:
    trusted_documents(Settings(trusted_documents=file, trusted_only=only), SCHEMA)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read as JSON"),
        (b"\xff", "cannot be read as JSON"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (b'{"a": "\\ud800"}', "cannot be read as JSON"),
        (b"[]", "is no object of SHA-256 to document"),
        (b'{"a": 1}', "is no object of SHA-256 to document"),
        (b'{"a": "{ __typename }"}', "'a' is not its document's SHA-256"),
        (json.dumps({digest(HELLO).upper(): HELLO}).encode(), "is not its document's SHA-256"),
        (json.dumps({digest(HELLO): HELLO + " "}).encode(), "is not its document's SHA-256"),
        *[(json.dumps({digest(text): text}).encode(), said) for text, said in (
            ("{", ":1: Syntax Error: Expected Name"),
            ("\n{ unknown }", ":2: Cannot query field 'unknown' on type 'Query'."),
            ("{ __schema { types { name } } }", ":1: Introspection is off here."),
            ("fragment f on Query { __typename }", "Fragment 'f' is never used."),
            ("{" + " __typename" * 11 + "}", "At most 10 fields at the top"),
            ("#" * 20_000, "A document has at most 16384 characters"),
            ("type A { b: Int }", "not executable"),
        )],
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_trusted_stops_the_start(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "trusted.json"
    file.write_bytes(content)
    with pytest.raises(TrustedDocumentsInvalid) as caught:
        load(file)
    assert str(file) in caught.value.ja
    assert str(file) in caught.value.en
    assert said in caught.value.en


def test_the_file_must_be_there_and_be_given(tmp_path: Path) -> None:
    with pytest.raises(HoshoError, match="cannot be read as JSON"):
        load(tmp_path / "missing.json")
    with pytest.raises(HoshoError, match="HOSHO_TRUSTED_ONLY=1 needs HOSHO_TRUSTED_DOCUMENTS"):
        trusted_documents(Settings(trusted_only=True), SCHEMA)


def test_the_manifest_of_files_is_what_the_platform_takes(tmp_path: Path) -> None:
    files = [tmp_path / "b.graphql", tmp_path / "a.graphql"]
    for file, text in zip(files, (HELLO, MANY), strict=True):
        file.write_bytes(text.encode())
    manifest = manifest_of([*files, files[0]], SCHEMA)
    assert manifest == {digest(HELLO): HELLO, digest(MANY): MANY}
    assert list(manifest) == sorted(manifest)
    (tmp_path / "trusted.json").write_text(json.dumps(manifest))
    load(tmp_path / "trusted.json", only=True)
    files[0].write_bytes(b"\xff")
    with pytest.raises(TrustedDocumentsInvalid, match=r"b\.graphql: cannot be read as UTF-8"):
        manifest_of(files, SCHEMA)
    files[0].write_bytes(b"{ unknown }")
    with pytest.raises(TrustedDocumentsInvalid, match=r"b\.graphql:1: Cannot query field"):
        manifest_of(files, SCHEMA)


def test_the_hash_is_that_of_the_published_example() -> None:
    """https://github.com/graphql/graphql-over-http, Appendix A."""
    assert (
        digest("query($id:ID!){user(id:$id){name}}")
        == "71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b"
    )
