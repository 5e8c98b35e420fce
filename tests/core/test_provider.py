"""ID tokens of an external provider: each check of OpenID Connect Core 1.0, 3.1.3.7, and how its keys are had."""

import base64
import http.server
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from denshi_hosho.core import fetching
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.fetching import check_address, fetch_json
from denshi_hosho.core.provider import Identity, Provider, ProviderUnreachable
from denshi_hosho.core.signing_keys import published_keys
from tests.core.forging import part, signed

pytestmark = pytest.mark.anyio
NOW = datetime(2024, 6, 3, 1, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER, CLIENT, NONCE = "https://id.example.jp", "hosho", "n-0S6_WzA2Mj-0123456789"
SECOND = timedelta(seconds=1)
RSA, FORGERS = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  what is to be refused
EC, ED = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def jwk(key: Any, kid: str | None, **more: Any) -> dict[str, Any]:
    algorithm: Any = {rsa.RSAPrivateKey: RSAAlgorithm, ec.EllipticCurvePrivateKey: ECAlgorithm}
    made = next((found for kind, found in algorithm.items() if isinstance(key, kind)), OKPAlgorithm)
    return {**made.to_jwk(key.public_key(), as_dict=True), **({"kid": kid} if kid else {}), **more}


KEYS = [jwk(RSA, "r", alg="RS256", use="sig"), jwk(EC, "e"), jwk(ED, "d"), jwk(SHORT, "s"),
        {"kty": "oct", "kid": "o", "k": part("x" * 32)}, jwk(FORGERS, "x", use="enc"), "odd", {"kid": 7}]  # fmt: skip


class Net:
    """What the provider publishes, and how often it was asked."""

    def __init__(self) -> None:
        self.keys: list[Any] = list(KEYS)
        self.issuer = ISSUER
        self.asked: list[str] = []
        self.down = False

    def fetch(self, url: str, _issuer: str) -> Mapping[str, Any]:
        self.asked.append(url)
        if self.down:
            raise OSError("refused")
        if url.endswith("/.well-known/openid-configuration"):
            return {"issuer": self.issuer, "jwks_uri": "https://keys.example.jp/jwks"}
        return {"keys": self.keys}


@pytest.fixture
def net() -> Net:
    return Net()


@pytest.fixture
def provider(net: Net) -> Provider:
    return Provider(ISSUER, CLIENT, ("RS256", "ES256", "EdDSA"), net.fetch)


def claims(**changes: Any) -> dict[str, Any]:
    plain = {"iss": ISSUER, "aud": CLIENT, "sub": "hanako", "nonce": NONCE, "iat": AT, "exp": AT + 3600}
    return {name: value for name, value in {**plain, **changes}.items() if value is not ...}


def token(key: Any = RSA, algorithm: str = "RS256", kid: str | None = "r", header: Any = None, **changes: Any) -> str:
    head = {"alg": algorithm, **({"kid": kid} if kid else {}), **(header or {})}
    text = f"{part(head)}.{part(claims(**changes))}"
    signature = jwt.get_algorithm_by_name(algorithm).sign(text.encode(), key)
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


async def refused(provider: Provider, id_token: str, why: str, nonce: str = NONCE) -> None:
    with pytest.raises(Refused) as caught:
        await provider.identify(id_token, nonce, NOW)
    (only,) = caught.value.refusals
    assert (only.code, only.path) == ("ID_TOKEN_INVALID", ("id_token",))
    assert f"({why})" in only.en
    assert f"({why})" in only.ja


async def test_a_right_token_says_who_it_is(provider: Provider) -> None:
    for key, algorithm, kid in ((RSA, "RS256", "r"), (EC, "ES256", "e"), (ED, "EdDSA", "d")):
        found = await provider.identify(token(key, algorithm, kid), NONCE, NOW)
        assert (found.subject, found.expires_at) == ("hanako", NOW + timedelta(hours=1))
    more: dict[str, Any]
    for more in (
        {"aud": [CLIENT]},
        {"azp": CLIENT},
        {"nbf": AT + 60},
        {"iat": AT + 60},
        {"iat": AT - 600},
        {"at_hash": "x"},
    ):
        assert (await provider.identify(token(**more), NONCE, NOW)).subject == "hanako"
    for header in ({"typ": "JWT"}, {"typ": "jwt"}, {"x5t": "x"}):
        assert (await provider.identify(token(header=header), NONCE, NOW)).subject == "hanako"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iss": "https://other.example.jp"}, "iss"), ({"iss": ISSUER + "/"}, "iss"), ({"iss": ...}, "iss"), ({"iss": [ISSUER]}, "iss"),
        ({"aud": "another"}, "aud"), ({"aud": ...}, "aud"), ({"aud": []}, "aud"), ({"aud": [CLIENT, "another"]}, "aud"),
        ({"aud": {CLIENT: 1}}, "aud"), ({"azp": "another"}, "azp"), ({"azp": None}, "azp"), ({"azp": [CLIENT]}, "azp"),
        ({"exp": AT}, "exp"), ({"exp": AT - 1}, "exp"), ({"exp": ...}, "exp"), ({"exp": str(AT + 9)}, "exp"), ({"exp": True}, "exp"),
        ({"exp": AT + 9.5}, "exp"), ({"exp": 10**30}, "exp"), ({"iat": ...}, "iat"), ({"iat": AT + 61}, "iat"),
        ({"iat": AT - 601}, "iat"), ({"iat": "now"}, "iat"), ({"nbf": AT + 61}, "nbf"), ({"nbf": None}, "nbf"),
        ({"nonce": ...}, "nonce"), ({"nonce": ""}, "nonce"), ({"nonce": "another"}, "nonce"), ({"nonce": [NONCE]}, "nonce"),
        ({"sub": ...}, "sub"), ({"sub": ""}, "sub"), ({"sub": 7}, "sub"), ({"sub": "x" * 256}, "sub"), ({"sub": "花子"}, "sub"),
        ({"sub": "a\nb"}, "sub"),
    ],
)  # fmt: skip
async def test_a_token_with_a_wrong_claim_is_refused(provider: Provider, changes: dict[str, Any], why: str) -> None:
    await refused(provider, token(**changes), why)


async def test_a_nonce_is_the_client_s_own(provider: Provider) -> None:
    for nonce in ("", "another", NONCE + " ", NONCE.upper(), "\ud800"):
        await refused(provider, token(), "nonce", nonce)


async def test_only_the_provider_s_key_signs(provider: Provider) -> None:
    right = token()
    await refused(provider, token(FORGERS), "signature")
    await refused(provider, right[:-4] + "AAAA", "signature")
    await refused(provider, f"{token(sub='jiro').rpartition('.')[0]}.{right.rpartition('.')[2]}", "signature")
    await refused(provider, token(SHORT, kid="s"), "signature")
    await refused(provider, token(FORGERS, kid="x"), "kid")  # published, but not to sign with
    await refused(provider, token(EC, "ES256", "r"), "kid")  # a key is used for its own algorithm alone
    await refused(provider, token(kid="unknown"), "kid")
    await refused(provider, token(header={"kid": 7}), "kid")


async def test_no_other_algorithm(provider: Provider) -> None:
    head = {"typ": "JWT", "kid": "r"}
    await refused(provider, f"{part({**head, 'alg': 'none'})}.{part(claims())}.AA", "alg")
    await refused(provider, f"{part({**head, 'alg': 'none'})}.{part(claims())}.", "form")
    await refused(provider, signed({**head, "alg": "HS256"}, claims(), PEM), "alg")  # the public key as a secret
    await refused(provider, signed({**head, "alg": "RS256"}, claims(), PEM), "signature")
    await refused(provider, signed({**head, "kid": "o", "alg": "HS256"}, claims(), b"x" * 32), "alg")
    for algorithm in ("RS512", "PS256"):
        await refused(provider, token(algorithm=algorithm), "alg")
    for odd in (None, 7, ["RS256"], "rs256"):
        await refused(provider, f"{part({**head, 'alg': odd})}.{part(claims())}.AA", "alg")


@pytest.mark.parametrize("name", ["crit", "jku", "jwk", "x5u", "x5c", "b64", "cty", "zip"])
async def test_no_key_that_a_token_brings_along(provider: Provider, net: Net, name: str) -> None:
    value = jwk(FORGERS, "r") if name == "jwk" else "https://forger.example/jwks"
    text = f"{part({'alg': 'RS256', 'kid': 'r', name: value})}.{part(claims())}"
    await refused(provider, f"{text}.AA", "header")
    assert net.asked == []


async def test_another_type_of_token_is_refused(provider: Provider) -> None:
    for typ in ("at+jwt", "logout+jwt", "", "JWT2", 7):
        await refused(
            provider,
            f"{part({'alg': 'RS256', 'kid': 'r', 'typ': typ})}.{part(claims())}.AA",
            "header" if typ else "signature",
        )


@pytest.mark.parametrize("text", ["", "x.y.z", "a.b", "é.é.é", "e30.e30.e30=", "A" * 20_000, "e30.e30.e30\n"])
async def test_what_is_no_token_is_refused(provider: Provider, net: Net, text: str) -> None:
    await refused(provider, text, "form")
    assert net.asked == []


async def test_without_a_name_there_must_be_no_choice(net: Net) -> None:
    provider = Provider(ISSUER, CLIENT, ("RS256", "ES256"), net.fetch)
    net.keys = [jwk(RSA, None)]
    assert (await provider.identify(token(kid=None), NONCE, NOW)).subject == "hanako"
    net.keys = [jwk(RSA, None), jwk(FORGERS, None)]
    provider = Provider(ISSUER, CLIENT, ("RS256", "ES256"), net.fetch)
    await refused(provider, token(kid=None), "kid")


async def test_a_token_is_known_by_what_was_signed(provider: Provider) -> None:
    """From an ECDSA signature anybody makes a second one that holds as well: (r, n - s)."""
    first = token(EC, "ES256", "e")
    text, _, signature = first.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    second = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)
    twin = f"{text}.{base64.urlsafe_b64encode(second).decode().rstrip('=')}"
    names = {(await provider.identify(each, NONCE, NOW)).token for each in (first, twin)}
    assert len(names) == 1
    assert first != twin
    other = await provider.identify(token(EC, "ES256", "e", iat=AT - 1), NONCE, NOW)
    assert isinstance(other, Identity)
    assert other.token not in names


async def test_keys_are_kept_for_an_hour(provider: Provider, net: Net) -> None:
    for _ in range(3):
        await provider.identify(token(), NONCE, NOW)
    assert net.asked == [f"{ISSUER}/.well-known/openid-configuration", "https://keys.example.jp/jwks"]
    later = NOW + timedelta(hours=1)
    net.keys = [jwk(FORGERS, "r")]  # the old key was withdrawn
    with pytest.raises(Refused):
        await provider.identify(token(iat=AT + 3600, exp=AT + 7200), NONCE, later)
    assert len(net.asked) == 4


async def test_a_new_key_is_looked_for_once_a_minute_at_most(provider: Provider, net: Net) -> None:
    await provider.identify(token(), NONCE, NOW)
    for _ in range(5):
        await refused(provider, token(FORGERS, kid="new"), "kid")
    assert len(net.asked) == 2
    net.keys.append(jwk(FORGERS, "new"))
    in_a_minute = NOW + timedelta(minutes=1)
    assert (await provider.identify(token(FORGERS, kid="new"), NONCE, in_a_minute)).subject == "hanako"
    assert len(net.asked) == 4


async def test_a_provider_that_does_not_answer(provider: Provider, net: Net) -> None:
    net.down = True
    for _ in range(3):
        with pytest.raises(ProviderUnreachable):
            await provider.identify(token(), NONCE, NOW)
    assert len(net.asked) == 1
    net.down = False
    assert (await provider.identify(token(), NONCE, NOW + 5 * SECOND)).subject == "hanako"
    net.down = True  # the keys at hand go on
    late = NOW + timedelta(minutes=2)
    assert (await provider.identify(token(), NONCE, late)).subject == "hanako"
    with pytest.raises(Refused):
        await provider.identify(token(kid="new"), NONCE, late)
    with pytest.raises(ProviderUnreachable):
        await provider.identify(token(), NONCE, NOW + timedelta(hours=2))


async def test_another_issuer_s_configuration_is_none(provider: Provider, net: Net) -> None:
    net.issuer = "https://other.example.jp"
    with pytest.raises(ProviderUnreachable):
        await provider.identify(token(), NONCE, NOW)


@pytest.mark.parametrize("document", [{}, {"keys": {}}, {"keys": "x"}, {"keys": [{}] * 101}])
def test_what_is_no_key_set(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="JWK set"):
        published_keys(document)


@pytest.mark.parametrize(
    ("url", "issuer", "allowed"),
    [
        ("https://id.example.jp/a", ISSUER, True), ("https://keys.other.jp/a", ISSUER, True), ("http://id.example.jp/a", ISSUER, False),
        ("http://127.0.0.1:1/a", "http://localhost:1", True), ("http://127.0.0.1:1/a", ISSUER, False),
        ("http://10.0.0.1/a", "http://127.0.0.1", False), ("file:///etc/passwd", ISSUER, False), ("ftp://id.example.jp", ISSUER, False),
        ("https://user:word@id.example.jp", ISSUER, False), ("https://", ISSUER, False), ("", ISSUER, False),
    ],
)  # fmt: skip
def test_addresses_are_https(url: str, issuer: str, allowed: bool) -> None:  # noqa: FBT001
    if allowed:
        check_address(url, issuer)
        return
    with pytest.raises(ValueError, match="https"):
        check_address(url, issuer)


Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def answering(answer: Callable[[str], Answer]) -> Iterator[str]:
    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its base class names it so
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_is_fetched_is_a_small_object_and_no_detour(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answers: dict[str, Answer] = {
        "/good": (200, {}, b'{"a": 1}'), "/moved": (302, {"Location": "/good"}, b""), "/gone": (404, {}, b"{}"),
        "/list": (200, {}, b"[]"), "/no": (200, {}, b"no json"), "/deep": (200, {}, b'{"a":' + b"[" * 100_000),
        "/large": (200, {}, b'{"a": "' + b"x" * fetching.LARGEST + b'"}'), "/latin": (200, {}, b'{"a": "\xff"}'),
    }  # fmt: skip

    def answer(path: str) -> Answer:
        asked.append(path)
        return answers[path]

    with answering(answer) as url:
        assert fetch_json(f"{url}/good", url) == {"a": 1}
        for path in answers.keys() - {"/good"}:
            with pytest.raises((OSError, ValueError)):
                fetch_json(f"{url}{path}", url)
        assert sorted(asked) == sorted(answers)
        monkeypatch.setattr(fetching, "SECONDS_IN_ALL", -1.0)
        with pytest.raises(OSError, match="too slow"):
            fetch_json(f"{url}/good", url)
    with pytest.raises(OSError, match="refused"):
        fetch_json(f"{url}/good", url)
