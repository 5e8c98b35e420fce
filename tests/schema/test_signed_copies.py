"""Signed certificates over HTTP: the same bytes for everybody and ever, verified by anybody, stale ones told."""

import asyncio
import base64
import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import certificate_files as files
from denshi_hosho.core.auditing import audited
from denshi_hosho.core.database import Database
from denshi_hosho.core.jws import public_keys
from denshi_hosho.core.not_verified import StatusUnknown
from denshi_hosho.core.status import looked_up
from denshi_hosho.core.tables import certificate, certificate_file, guarantee
from denshi_hosho.core.verifying import verify_jws
from denshi_hosho.core.vocabulary import CertificateStatus, Change, GuaranteeState
from denshi_hosho.core.workbench import Workbench
from denshi_hosho.resolvers import documents, signing
from denshi_hosho.resolvers.platform import Platform
from tests.client import REVEAL, Api, codes, concluded, revealed
from tests.conftest import NOW, Clock, api_of
from tests.core.world import grown
from tests.schema.operations import MUTATIONS, VERIFY

pytestmark = pytest.mark.anyio
SCRIPT = Path(__file__).parents[2] / "schema" / "alone" / "verify_certificate.py"
OPEN = (
    "query ($number: GuaranteeNumber!, $accessKey: AccessKey!) { certificate(number: $number, accessKey: $accessKey) {"
    " ... on Certificate { pdfUrl jws jwsUrl } } }"
)


async def issued(api: Api) -> tuple[str, bytes, str]:
    """A guarantee's id, its certificate's PDF and its statement."""
    made = await concluded(api)
    notice = await revealed(api, made["id"])
    said = (await api.ask(OPEN, number=notice["number"], accessKey=notice["accessKey"]))["certificate"]
    response = await api.http.get(said["jwsUrl"])
    assert response.text == said["jws"]
    assert response.headers["content-disposition"] == 'inline; filename="certificate-1070000473.jws"'
    assert response.headers["content-type"] == "application/jose"
    return made["id"], (await api.http.get(said["pdfUrl"])).content, said["jws"]


async def verified(api: Api, **copy: str) -> dict[str, object]:
    return dict((await api.ask(VERIFY, input=copy))["verifyCertificate"])


async def test_anybody_verifies_either_form_and_nothing_is_written(api: Api) -> None:
    _, pdf, jws = await issued(api)
    before = await api.rows()
    by_pdf = await verified(api, pdf=base64.b64encode(pdf).decode())
    by_jws = await verified(api, jws=jws)
    assert by_pdf["certificate"] == by_jws["certificate"]
    assert (by_pdf["form"], by_jws["form"]) == ("PDF", "JWS")
    for each in (by_pdf, by_jws):
        assert each["identical"] is True
        assert (each["status"], each["statusChangedOn"]) == ("ACTIVE", None)
        assert each["pdfSha256"] == hashlib.sha256(pdf).hexdigest()
        assert each["signedAt"] == "2024-06-03T01:00:00+00:00"
    assert by_pdf["selfMade"] is True
    # Of the copies nothing is written down: only that this source had two verified.
    assert grown(before, await api.rows()) == {"throttle": 1}
    assert before["certificate_file"] == 1


async def test_verifying_is_counted_by_source_whatever_comes_of_it(api: Api, clock: Clock) -> None:
    _, pdf, jws = await issued(api)
    copies = [{"jws": jws}, {"jws": "x"}, {"pdf": "%"}, {"pdf": base64.b64encode(pdf[:99]).decode()}]
    answers = [await verified(api, **each) for each in copies * 5]
    assert [each["__typename"] for each in answers] == ["VerifiedCertificate", *["Refused"] * 3] * 5
    assert "TOO_MANY_ATTEMPTS" not in str(answers)
    response = await api.post(VERIFY, input={"jws": jws})
    (refused,) = response.json()["data"].values()
    assert codes(refused) == ["TOO_MANY_ATTEMPTS"]
    assert (refused["retryAfterSeconds"], response.headers["retry-after"]) == (3, "3")
    assert "検証の回数" in refused["refusals"][0]["message"]
    clock.now += timedelta(seconds=3)
    assert (await verified(api, jws=jws))["identical"] is True
    assert codes(await verified(api, jws=jws)) == ["TOO_MANY_ATTEMPTS"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_full_bench_asks_to_come_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    go, bench = threading.Event(), Workbench("full", 1, waiting=0)
    monkeypatch.setattr(signing, "_VERIFYING", bench)
    _, pdf, _ = await issued(api)
    held = asyncio.ensure_future(bench.run(lambda: go.wait(10)))
    await asyncio.sleep(0)
    refused = await verified(api, pdf=base64.b64encode(pdf).decode())
    go.set()
    assert await held
    assert (codes(refused), refused["retryAfterSeconds"]) == (["TOO_MANY_ATTEMPTS"], signing.BUSY_SECONDS)
    assert (await verified(api, pdf=base64.b64encode(pdf).decode()))["identical"] is True


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_nothing_else_waits_while_something_is_signed_drawn_or_verified(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What computes waits here for a request that is answered meanwhile: on the event loop it would wait in vain."""
    began, go = asyncio.Event(), threading.Event()
    loop, waited = asyncio.get_running_loop(), []

    def slow(work: Callable[..., Any]) -> Callable[..., Any]:
        def slower(*given: Any) -> Any:
            loop.call_soon_threadsafe(began.set)
            waited.append(go.wait(10))
            return work(*given)

        return slower

    async def meanwhile(asked: Coroutine[Any, Any, Any]) -> Any:
        began.clear()
        go.clear()
        task = asyncio.ensure_future(asked)
        await asyncio.wait_for(began.wait(), 20)
        assert (await api.ask("{ __typename }")) == {"__typename": "Query"}
        go.set()
        return await task

    for module, name in ((files, "make"), (documents, "key_notice_pdf"), (signing, "verify_pdf")):
        monkeypatch.setattr(module, name, slow(getattr(module, name)))
    made = await concluded(api)
    shown = await (await api.as_("contractor")).do(REVEAL, guaranteeId=made["id"])
    notice = shown["notice"]
    unsigned = OPEN.replace(" jws jwsUrl", "")
    said = (await api.ask(unsigned, number=notice["number"], accessKey=notice["accessKey"]))["certificate"]
    assert (await meanwhile(api.http.get(shown["pdfUrl"]))).content.startswith(b"%PDF-")
    pdf = (await meanwhile(api.http.get(said["pdfUrl"]))).content
    verdict = await meanwhile(verified(api, pdf=base64.b64encode(pdf).decode()))
    assert (verdict["identical"], waited) == (True, [True] * 3)


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_one_document_has_few_certificates_signed(api: Api) -> None:
    page = "{ viewer { guarantees(first: %d) { nodes { certificate { %s } } } } }"
    contractor = await api.as_("contractor")
    await contractor.ask(page % (19, "jws"))
    await contractor.ask(page % (100, "jwsUrl pdfUrl"))
    (refused,) = (await contractor.post(page % (100, "jws"))).json()["errors"]
    assert refused["extensions"]["code"] == "DOCUMENT_TOO_COSTLY"
    assert "100202" in refused["message"]


async def test_signing_leaves_an_entry_of_the_platforms_own(api: Api) -> None:
    await issued(api)
    trail = "{ viewer { auditTrail(first: 1, search: {events: [CERTIFICATE_SIGNED]}) { nodes { who role loginId record } } } }"
    (node,) = (await (await api.as_("contractor")).ask(trail))["viewer"]["auditTrail"]["nodes"]
    assert (node["who"], node["role"], node["loginId"]) == ("発行システム", None, None)
    assert (await audited(api.platform.database)).findings == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_each_way_to_fail_is_a_refusal_of_its_own(api: Api) -> None:
    _, pdf, jws = await issued(api)
    altered = base64.b64encode(pdf[:-1] + b"x").decode()
    for copy, code in (
        ({}, "COPY_AMBIGUOUS"),
        ({"pdf": altered, "jws": jws}, "COPY_AMBIGUOUS"),
        ({"pdf": altered}, "COPY_ALTERED"),
        ({"pdf": "保証"}, "COPY_UNREADABLE"),
        ({"pdf": base64.b64encode(b"PK").decode()}, "COPY_UNREADABLE"),
        ({"pdf": "A" * 250_000}, "COPY_TOO_LARGE"),
        ({"jws": jws[:-4] + "AAAA"}, "COPY_ALTERED"),
        ({"jws": jws.replace(".", "..")}, "COPY_UNREADABLE"),
    ):
        assert codes(await verified(api, **copy)) == [code]


async def test_two_who_ask_first_at_once_are_given_the_same_bytes(platform: Platform) -> None:
    async with api_of(platform) as api:
        await concluded(api)
        other = replace(platform, database=Database(platform.settings.database_url))
        files = await asyncio.gather(*(signing.signed_file(each, 1, 1) for each in (platform, other, platform, other)))
        assert len({(number, file.pdf, file.jws) for number, file in files}) == 1
        assert (await api.rows())["certificate_file"] == 1
        await other.database.close()


async def test_the_bytes_stay_whatever_becomes_of_the_key(api: Api, platform: Platform, clock: Clock) -> None:
    _, pdf, jws = await issued(api)
    clock.now += timedelta(days=400)
    keyless = replace(platform, seal=None)
    _, kept = await signing.signed_file(keyless, 1, 1)
    assert (kept.pdf, kept.jws) == (pdf, jws)


async def _standing(api: Api, jws: str, clock: Clock) -> CertificateStatus:
    """What the status list says of the certificate, which must be what the API says."""
    clock.now += timedelta(seconds=6)
    keys = public_keys((await api.http.get("/.well-known/jwks.json")).json())
    place = verify_jws(jws, keys).place
    response = await api.http.get(place.uri)
    assert response.headers["content-type"] == "application/statuslist+jwt"
    assert response.headers["cache-control"] == "public, max-age=60"
    found = looked_up(response.text, keys, place.uri, place.index, clock.now)
    assert (await verified(api, jws=jws))["status"] == found.value
    assert looked_up(response.text, keys, place.uri, place.index + 2, clock.now) is CertificateStatus.ACTIVE
    with pytest.raises(StatusUnknown):
        looked_up(response.text, keys, place.uri, place.index, clock.now + timedelta(hours=1))
    return found


async def test_the_status_list_tells_every_stale_copy(api: Api, platform: Platform, clock: Clock) -> None:
    made, _, jws = await issued(api)
    assert await _standing(api, jws, clock) is CertificateStatus.ACTIVE
    contractor = await api.as_("contractor")
    await contractor.do(MUTATIONS["rotateAccessKey"], guaranteeId=made, reason="誤送信", idempotencyKey="r")
    assert await _standing(api, jws, clock) is CertificateStatus.ROTATED
    assert (await verified(api, jws=jws))["statusChangedOn"] == "2024-06-03"

    async def alter(*statements: sa.Executable) -> None:
        async def work(connection: AsyncConnection) -> None:
            for each in statements:
                await connection.execute(each)

        await platform.database.write(work)

    columns = [each for each in certificate.c if each.name not in {"id", "version", "change", "issued_on"}]
    newer = sa.select(
        *columns, sa.literal(2), sa.literal(Change.AMENDMENT.value), sa.literal(NOW.date() + timedelta(days=9))
    )
    names = [each.name for each in columns] + ["version", "change", "issued_on"]
    await alter(sa.insert(certificate).from_select(names, newer), sa.update(guarantee).values(live_version=2))
    assert await _standing(api, jws, clock) is CertificateStatus.SUPERSEDED
    assert (await verified(api, jws=jws))["statusChangedOn"] == "2024-06-12"
    for state in (GuaranteeState.RELEASED, GuaranteeState.CANCELLED):
        await alter(sa.update(guarantee).values(state=state))
        assert (await _standing(api, jws, clock)).value == state.value
    await alter(sa.delete(certificate_file))
    assert (await verified(api, jws=jws))["identical"] is False


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_list_that_nobody_stands_on_is_not_there(api: Api) -> None:
    assert (await api.http.get("/status/0")).status_code == 200
    for path in ("/status/1", "/status/99999999999999999999", "/status/x", "/status/-1"):
        response = await api.http.get(path)
        assert response.status_code == 404, path
        assert response.json()["errors"][0]["extensions"]["code"] == "PATH_UNKNOWN"


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_the_script_needs_nothing_but_python_and_openssl(api: Api, tmp_path: Path, clock: Clock) -> None:
    _, pdf, jws = await issued(api)
    assert (await api.http.get("/verify.py")).text == SCRIPT.read_text("utf-8")
    assert len(SCRIPT.read_text("utf-8").splitlines()) < 120
    keys = (await api.http.get("/.well-known/jwks.json")).content
    files = {"a.jws": jws.encode(), "a.pdf": pdf, "jwks.json": keys, "altered.pdf": pdf + b"\n",
             "altered.jws": jws[:-4].encode() + b"AAAA", "other.json": b'{"keys":[]}'}  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", str(SCRIPT), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)  # noqa: S603
        assert done.stderr == ""
        return done.returncode, done.stdout

    code, said = await asyncio.to_thread(run, "a.jws", "a.pdf", "--jwks", "jwks.json")
    assert code == 0, said
    assert "Genuine" in said
    assert "市道〇号線 道路改良工事" in said
    for arguments, failed in ((["a.jws", "altered.pdf"], 1), (["altered.jws"], 1), (["a.pdf"], 1), (["none.jws"], 2)):
        assert (await asyncio.to_thread(run, *arguments, "--jwks", "jwks.json"))[0] == failed, arguments
    assert (await asyncio.to_thread(run, "a.jws", "--jwks", "other.json"))[0] == 1
    # The script asks the real clock: a list of the tests' time is outdated.
    (tmp_path / "list").write_bytes((await api.http.get("/status/0")).content)
    code, said = await asyncio.to_thread(run, "a.jws", "--jwks", "jwks.json", "--status", "list")
    assert (code, "outdated" in said) == (2, True)


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_keys_and_certificates_are_published(api: Api, platform: Platform) -> None:
    response = await api.http.get("/.well-known/jwks.json")
    assert response.headers["content-type"] == "application/jwk-set+json"
    assert response.headers["cache-control"] == "public, max-age=300"
    (key,) = response.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"], key["kid"]) == ("OKP", "Ed25519", "Ed25519", "sig", "k1")
    assert set(key) == {"kty", "crv", "alg", "use", "kid", "x"}
    pem = await api.http.get("/certificates.pem")
    assert platform.settings.pdf_certificates is not None
    assert pem.content == platform.settings.pdf_certificates.read_bytes()
    assert b"PRIVATE" not in pem.content
