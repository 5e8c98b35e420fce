import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.errors import TokenInvalid
from denshi_hosho.core.tokens import Actor, Ticket, Tokens, opaque_token, token_hash
from denshi_hosho.core.vocabulary import Role

NOW = datetime(2024, 6, 3, 1, tzinfo=UTC)
ISSUER = "http://hosho.test"
SECRET, OTHER = b"s" * 32, b"o" * 32
ACTOR = Actor(7, Role.PRINCIPAL, 3, None)
TICKET = Ticket("key-notice", 5, 2)
SECOND = timedelta(seconds=1)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens({"k1": SECRET}, ISSUER)


def claims(**changes: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    plain = {"iss": ISSUER, "aud": "at+jwt", "sub": "7", "jti": "1", "iat": at, "exp": at + 900, "role": "PRINCIPAL",
             "principal": 3, "surety": None}  # fmt: skip
    return {name: value for name, value in {**plain, **changes}.items() if value is not ...}


def forged(body: dict[str, Any], secret: bytes = SECRET, algorithm: str = "HS256", **header: Any) -> str:
    return jwt.encode(body, secret, algorithm, {"typ": "at+jwt", "kid": "k1", **header})


def part(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def refuse(tokens: Tokens, token: str, now: datetime = NOW) -> None:
    for read in (tokens.actor, tokens.redeem):
        with pytest.raises(TokenInvalid):
            read(token, now)


@pytest.mark.parametrize("actor", [ACTOR, Actor(8, Role.SURETY, None, 4)])
def test_an_access_token_says_who_asks(tokens: Tokens, actor: Actor) -> None:
    token, expires = tokens.access_token(actor, NOW)
    assert expires == NOW + timedelta(minutes=15)
    assert tokens.actor(token, NOW) == actor
    assert tokens.actor(token, NOW) == actor  # from memory


def test_the_token_that_these_tests_forge_would_be_right(tokens: Tokens) -> None:
    assert tokens.actor(forged(claims()), NOW) == ACTOR


def test_a_ticket_says_which_document(tokens: Tokens) -> None:
    token = tokens.ticket(TICKET, NOW)
    assert tokens.redeem(token, NOW + timedelta(minutes=5) - SECOND) == TICKET
    with pytest.raises(TokenInvalid, match="expired"):
        tokens.redeem(token, NOW + timedelta(minutes=5))


@pytest.mark.parametrize("remembered", [True, False])
def test_an_access_token_ends_after_fifteen_minutes(tokens: Tokens, *, remembered: bool) -> None:
    token, expires = tokens.access_token(ACTOR, NOW)
    if remembered:
        tokens.actor(token, NOW)
    assert tokens.actor(token, expires - SECOND) == ACTOR
    for late in (expires, expires + SECOND):
        with pytest.raises(TokenInvalid, match="expired"):
            tokens.actor(token, late)


def test_tokens_are_of_one_type_each(tokens: Tokens) -> None:
    access, ticket = tokens.access_token(ACTOR, NOW)[0], tokens.ticket(TICKET, NOW)
    with pytest.raises(TokenInvalid):
        tokens.actor(ticket, NOW)
    with pytest.raises(TokenInvalid):
        tokens.redeem(access, NOW)


def test_the_type_stands_in_header_and_audience_and_both_are_checked(tokens: Tokens) -> None:
    for token in (forged(claims(), typ="JWT"), forged(claims(), typ="ticket+jwt"), forged(claims(aud="ticket+jwt"))):
        refuse(tokens, token)


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "jti", "iat", "exp", "role", "principal", "surety"])
def test_a_token_without_a_claim_is_refused(tokens: Tokens, missing: str) -> None:
    refuse(tokens, forged(claims(**{missing: ...})))


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "http://other.test"}, {"iss": None}, {"aud": "other"}, {"aud": []}, {"aud": None}, {"sub": "x"}, {"sub": 7},
        {"sub": ""}, {"role": "ADMIN"}, {"role": None}, {"role": []}, {"role": {}}, {"exp": "soon"}, {"exp": None},
        {"exp": 1e300}, {"exp": []}, {"exp": -1}, {"jti": None}, {"jti": 7},
    ],
)  # fmt: skip
def test_a_token_with_a_wrong_claim_is_refused(tokens: Tokens, wrong: dict[str, Any]) -> None:
    refuse(tokens, f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'k1'})}.{part(claims(**wrong))}.{part('x')}")
    try:
        token = forged(claims(**wrong))
    except TypeError:  # the library refuses to write this one
        return
    refuse(tokens, token)


@pytest.mark.parametrize(
    "wrong", [{"guarantee": None}, {"guarantee": "x"}, {"guarantee": []}, {"version": None}, {"sub": "passwords"}]
)
def test_a_ticket_with_a_wrong_claim_is_refused(tokens: Tokens, wrong: dict[str, Any]) -> None:
    plain = claims(aud="ticket+jwt", sub="certificate", guarantee=5, version=2)
    assert tokens.redeem(forged(plain, typ="ticket+jwt"), NOW) == Ticket("certificate", 5, 2)
    refuse(tokens, forged({**plain, **wrong}, typ="ticket+jwt"))


def test_only_one_algorithm_is_taken(tokens: Tokens) -> None:
    unsigned = jwt.encode(claims(), "", "none", {"typ": "at+jwt", "kid": "k1"})
    body = unsigned.split(".")[1]
    signed = forged(claims()).rpartition(".")[2]
    none = [f"{part({'alg': alg, 'typ': 'at+jwt', 'kid': 'k1'})}.{body}.{end}"
            for alg in ("none", "None", "NONE", "", None) for end in ("", signed)]  # fmt: skip
    for token in (unsigned, *none, forged(claims(), SECRET * 2, "HS512"), forged(claims(), SECRET * 2, "HS384")):
        refuse(tokens, token)
    for algorithm in ("HS384", "HS512"):
        refuse(Tokens({"k1": SECRET * 2}, ISSUER), forged(claims(), SECRET * 2, algorithm))


@pytest.mark.parametrize("kid", ["k2", "", None, 1, True, [], {}, ["k1"], {"k1": "k1"}])
def test_an_unknown_or_odd_key_id_is_refused(tokens: Tokens, kid: object) -> None:
    good = forged(claims())
    refuse(tokens, f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': kid})}.{good.partition('.')[2]}")


def test_a_key_id_must_be_there(tokens: Tokens) -> None:
    refuse(tokens, f"{part({'alg': 'HS256', 'typ': 'at+jwt'})}.{forged(claims()).partition('.')[2]}")


def test_another_secret_is_refused(tokens: Tokens) -> None:
    refuse(tokens, forged(claims(), OTHER))
    refuse(tokens, Tokens({"k1": OTHER}, ISSUER).access_token(ACTOR, NOW)[0])
    refuse(tokens, Tokens({"k1": SECRET}, "http://other.test").access_token(ACTOR, NOW)[0])


def test_every_altered_symbol_is_noticed(tokens: Tokens) -> None:
    token = tokens.access_token(ACTOR, NOW)[0]
    for at, symbol in enumerate(token[:-1]):  # the last one holds bits that stand for nothing
        with pytest.raises(TokenInvalid):
            tokens.actor(f"{token[:at]}{'A' if symbol != 'A' else 'B'}{token[at + 1 :]}", NOW)


def test_after_a_rotation_old_tokens_hold_and_new_ones_are_signed_anew(tokens: Tokens) -> None:
    before = tokens.access_token(ACTOR, NOW)[0]
    rotated = Tokens({"k2": OTHER, "k1": SECRET}, ISSUER)
    after = rotated.access_token(ACTOR, NOW)[0]
    assert jwt.get_unverified_header(after) == {"alg": "HS256", "typ": "at+jwt", "kid": "k2"}
    assert rotated.actor(before, NOW) == rotated.actor(after, NOW) == ACTOR
    refuse(tokens, after)
    refuse(Tokens({"k2": OTHER}, ISSUER), before)


def test_an_old_token_is_forgotten_when_there_are_very_many(tokens: Tokens) -> None:
    first = tokens.access_token(ACTOR, NOW)[0]
    tokens.actor(first, NOW)
    for _ in range(4097):
        tokens._seen[token_hash(opaque_token()).encode()] = ACTOR, 0
    second = tokens.access_token(ACTOR, NOW)[0]
    assert tokens.actor(second, NOW) == tokens.actor(first, NOW) == ACTOR
    assert len(tokens._seen) == 4096


@pytest.mark.parametrize(
    "garbage",
    ["", ".", "..", "...", "a.b.c", "Bearer", "null", "\0", "\ud800", "あ.い.う", "=.=.=", "e30.e30.e30", "e30.e30.",
     f"{part('[' * 100_000)}..", f"{part('1' * 10_000)}..", f"{part([])}..", f"{part(None)}.e30.e30",
     f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'k1', 'crit': ['x']})}.e30.e30",
     f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'k1', 'b64': False})}.e30.e30",
     f"{part({'alg': ['HS256'], 'typ': 'at+jwt', 'kid': 'k1'})}.e30.e30", f"{part({'typ': ['at+jwt']})}.e30.e30"],
)  # fmt: skip
def test_garbage_is_refused(tokens: Tokens, garbage: str) -> None:
    refuse(tokens, garbage)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
HEADERS = st.fixed_dictionaries(
    {"alg": st.sampled_from(["HS256", "none", "HS512", "RS256"]) | JSON,
     "typ": st.sampled_from(["at+jwt", "ticket+jwt"]) | JSON, "kid": st.just("k1") | JSON},
    optional={"crit": JSON, "jwk": JSON},
)  # fmt: skip


@given(st.text() | st.text(".-_abcAB0=", max_size=40))
def test_any_text_is_refused(text: str) -> None:
    refuse(Tokens({"k1": SECRET}, ISSUER), text)


@given(HEADERS | JSON, JSON, st.sampled_from(["", "AA", "e30", forged(claims()).rpartition(".")[2]]))
def test_any_header_and_body_are_refused(header: object, body: object, signature: str) -> None:
    refuse(Tokens({"k1": SECRET}, ISSUER), f"{part(header)}.{part(body)}.{signature}")


@given(st.dictionaries(st.sampled_from(sorted(claims())), JSON, min_size=1))
def test_no_signed_body_makes_another_exception(changes: dict[str, Any]) -> None:
    tokens = Tokens({"k1": SECRET}, ISSUER)
    for typ in ("at+jwt", "ticket+jwt"):
        body = {**claims(aud=typ, guarantee=5, version=2), **changes}
        token = jwt.api_jws.encode(json.dumps(body).encode(), SECRET, "HS256", {"typ": typ, "kid": "k1"})
        try:
            read = tokens.actor(token, NOW) if typ == "at+jwt" else tokens.redeem(token, NOW)
        except TokenInvalid:
            continue
        assert isinstance(read, Actor | Ticket)


def test_a_refresh_token_is_long_and_stored_as_a_hash() -> None:
    found = {opaque_token() for _ in range(200)}
    assert len(found) == 200
    assert {len(each) for each in found} == {43}
    assert token_hash("x") == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
