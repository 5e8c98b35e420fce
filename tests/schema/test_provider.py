"""Signing in through an external OpenID Connect provider: the whole code flow with PKCE, at a real one on this machine."""

import base64
import hashlib
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from denshi_hosho.core import keeping
from denshi_hosho.core.provider import Provider
from denshi_hosho.core.settings import Settings
from denshi_hosho.resolvers.platform import Platform
from tests.client import Api, Json, codes
from tests.conftest import Clock, api_of
from tests.schema.operations import MUTATIONS

pytestmark = pytest.mark.anyio
CLIENT, BACK = "hosho", "http://127.0.0.1/back"
SIGN_IN = MUTATIONS["signInWithProvider"]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A real provider, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603  our own
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        else:
            return
    raise AssertionError("the provider did not start")


@dataclass(frozen=True)
class Person:
    """Somebody at the provider, whose client runs the authorization code flow."""

    issuer: str
    subject: str

    async def id_token(self, nonce: str) -> str:
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {"response_type": "code", "client_id": CLIENT, "redirect_uri": BACK, "scope": "openid", "state": "s",
                 "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256"}  # fmt: skip
        async with httpx.AsyncClient(trust_env=False) as http:
            found = (await http.get(f"{self.issuer}/.well-known/openid-configuration")).json()
            sent = await http.post(found["authorization_endpoint"], params=asked, data={"sub": self.subject})
            answer = parse_qs(urlsplit(sent.headers["location"]).query)
            assert answer["state"] == ["s"]
            given = {"grant_type": "authorization_code", "code": answer["code"][0], "redirect_uri": BACK,
                     "client_id": CLIENT, "client_secret": "any", "code_verifier": verifier}  # fmt: skip
            return str((await http.post(found["token_endpoint"], data=given)).json()["id_token"])


@pytest.fixture
async def linked(platform: Platform, clock: Clock, issuer: str) -> AsyncIterator[Api]:
    """The API with the provider, of which hanako is linked to the contractor's account. The clock is the real one."""
    clock.now = datetime.now(UTC)
    with_provider = replace(platform, provider=Provider(issuer, CLIENT, ("RS256",)))
    await keeping.link(platform.database, "contractor", issuer, "hanako", clock.now)
    async with api_of(with_provider) as api:
        yield api


async def exchange(api: Api, id_token: str, nonce: str) -> Json:
    return await api.do(SIGN_IN, idToken=id_token, nonce=nonce)


async def test_the_whole_flow(linked: Api, issuer: str) -> None:
    nonce = secrets.token_urlsafe(16)
    id_token = await Person(issuer, "hanako").id_token(nonce)
    session = await exchange(linked, id_token, nonce)
    assert session["viewer"] == {"role": "PRINCIPAL", "partyName": "株式会社西日本保証建設 本町支店"}
    mine = linked.bearing(session["accessToken"])
    assert await mine.ask("{ viewer { role } }") == {"viewer": {"role": "PRINCIPAL"}}
    assert (await linked.do(MUTATIONS["refreshSession"], refreshToken=session["refreshToken"]))[
        "__typename"
    ] == "Session"
    before = await linked.rows()
    assert codes(await exchange(linked, id_token, nonce)) == ["ID_TOKEN_USED"]
    assert await linked.rows() == before


async def test_another_nonce_another_person_and_another_client(linked: Api, issuer: str, clock: Clock) -> None:
    nonce = secrets.token_urlsafe(16)
    id_token = await Person(issuer, "hanako").id_token(nonce)
    stranger = await Person(issuer, "jiro").id_token(nonce)
    before = await linked.rows()
    assert codes(await exchange(linked, id_token, "another nonce")) == ["ID_TOKEN_INVALID"]
    assert codes(await exchange(linked, id_token[:-6] + "AAAAAA", nonce)) == ["ID_TOKEN_INVALID"]
    assert codes(await exchange(linked, stranger, nonce)) == ["PROVIDER_NOT_LINKED"]
    elsewhere = replace(linked.platform, provider=Provider(issuer, "another-client", ("RS256",)))
    async with api_of(elsewhere) as other:
        assert codes(await exchange(other, id_token, nonce)) == ["ID_TOKEN_INVALID"]
    assert await linked.rows() == before
    assert (await exchange(linked, id_token, nonce))["__typename"] == "Session"  # nothing of it was used up


async def test_unlinked_and_closed_accounts(linked: Api, issuer: str, clock: Clock) -> None:
    person, database = Person(issuer, "hanako"), linked.platform.database
    session = await exchange(linked, await person.id_token("n" * 16), "n" * 16)
    await keeping.disable(database, "contractor", clock.now)
    linked.platform.ended.look_again()
    response = await linked.bearing(session["accessToken"]).post("{ viewer { role } }")
    assert response.status_code == 401
    assert codes(await exchange(linked, await person.id_token("o" * 16), "o" * 16)) == ["ACCOUNT_DISABLED"]
    await keeping.enable(database, "contractor", clock.now)
    await keeping.unlink(database, "contractor", clock.now)
    assert codes(await exchange(linked, await person.id_token("p" * 16), "p" * 16)) == ["PROVIDER_NOT_LINKED"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_provider_that_is_not_there(api: Api, settings: Settings) -> None:
    assert codes(await exchange(api, "x.y.z", "n")) == ["PROVIDER_OFF"]
    nowhere = replace(settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT)
    provider = Platform.build(nowhere, rulebook=api.platform.rulebook).provider
    async with api_of(replace(api.platform, provider=provider)) as away:
        header = "eyJhbGciOiJSUzI1NiJ9"
        assert await away.errors(SIGN_IN, input={"idToken": f"{header}.e30.e30", "nonce": "n"}) == [
            "PROVIDER_UNREACHABLE"
        ]
