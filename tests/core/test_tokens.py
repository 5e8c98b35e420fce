import base64
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.errors import TokenInvalid
from denshi_hosho.core.tokens import LONGEST, Actor, Ticket, Tokens, opaque_token, token_hash
from denshi_hosho.core.vocabulary import Role
from tests.core.forging import KINDS, Genuine, forgeries, signed

NOW = datetime(2024, 6, 3, 1, tzinfo=UTC)
ISSUER = "http://hosho.test"
SECRET, OTHER = b"s" * 32, b"o" * 32
SESSION = "5e55" * 8
ACTOR = Actor(7, Role.PRINCIPAL, 3, None, SESSION)
TICKET = Ticket("key-notice", 5, 2)
SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SECOND = timedelta(seconds=1)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens({"k1": SECRET}, ISSUER)


def claims(**changes: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    plain = {"iss": ISSUER, "aud": "at+jwt", "sub": "7", "jti": "1", "iat": at, "exp": at + 900, "role": "PRINCIPAL",
             "principal": 3, "surety": None, "sid": SESSION}  # fmt: skip
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


@pytest.mark.parametrize("actor", [ACTOR, Actor(8, Role.SURETY, None, 4, SESSION)])
def test_an_access_token_says_who_asks(tokens: Tokens, actor: Actor) -> None:
    token, expires = tokens.access_token(actor, NOW)
    assert expires == NOW + timedelta(minutes=15)
    for _ in range(2):  # verified, then from memory
        assert tokens.actor(token, NOW) == actor
        assert tokens.actor(token, NOW).session == SESSION


def test_there_is_no_access_token_without_a_session(tokens: Tokens) -> None:
    with pytest.raises(ValueError, match="session"):
        tokens.access_token(Actor(7, Role.PRINCIPAL, 3, None), NOW)


def test_the_token_that_these_tests_forge_would_be_right(tokens: Tokens) -> None:
    assert tokens.actor(forged(claims()), NOW) == ACTOR


def test_a_ticket_says_which_document(tokens: Tokens) -> None:
    token = tokens.ticket(TICKET, NOW)
    assert tokens.redeem(token, NOW + timedelta(minutes=5) - SECOND) == TICKET
    with pytest.raises(TokenInvalid, match="expired"):
        tokens.redeem(token, NOW + timedelta(minutes=5))


def test_a_ticket_carries_what_it_is_about(tokens: Tokens) -> None:
    whole = Ticket("inbox-csv", 5, 2, "x-_9" * 275)
    token = tokens.ticket(whole, NOW)
    assert len(token) <= LONGEST
    assert tokens.redeem(token, NOW) == whole
    for about in ("x" * 1_101, "a b", "=", "é", "a\n"):
        with pytest.raises(ValueError, match="base64url"):
            tokens.ticket(Ticket("inbox-csv", 5, 2, about), NOW)


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


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "jti", "iat", "exp", "role", "principal", "sid"])
def test_a_token_without_a_claim_is_refused(tokens: Tokens, missing: str) -> None:
    refuse(tokens, forged(claims(**{missing: ...})))


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "http://other.test"}, {"iss": None}, {"aud": "other"}, {"aud": []}, {"aud": None}, {"sub": "x"}, {"sub": 7},
        {"sub": ""}, {"role": "ADMIN"}, {"role": None}, {"role": []}, {"role": {}}, {"exp": "soon"}, {"exp": None},
        {"exp": 1e300}, {"exp": []}, {"exp": -1}, {"exp": True}, {"exp": 10**30}, {"exp": float(NOW.timestamp() + 900)},
        {"exp": int(NOW.timestamp()) + 901}, {"jti": None}, {"jti": 7}, {"jti": ""}, {"aud": ["at+jwt"]}, {"sub": "07"},
        {"sub": "-7"}, {"sub": "７"}, {"sub": "9" * 19}, {"iat": None}, {"iat": True}, {"iat": "now"},
        {"iat": int(NOW.timestamp()) + 61}, {"nbf": int(NOW.timestamp()) + 61}, {"nbf": None}, {"nbf": "0"}, {"sid": ""},
        {"sid": None}, {"sid": SESSION.upper()}, {"sid": [SESSION]}, {"principal": None}, {"principal": "3"}, {"surety": 4},
        {"principal": True}, {"role": "SURETY"}, {"note": "x" * 2_000},
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
    "wrong",
    [
        {"guarantee": None},
        {"guarantee": "x"},
        {"guarantee": []},
        {"version": None},
        {"sub": "passwords"},
        {"about": None},
        {"about": 1},
        {"about": ["x"]},
        {"about": "a b"},
        {"about": "x\n"},
        {"about": "x" * 1_101},
    ],
)
def test_a_ticket_with_a_wrong_claim_is_refused(tokens: Tokens, wrong: dict[str, Any]) -> None:
    plain = claims(aud="ticket+jwt", sub="certificate", guarantee=5, version=2, exp=int(NOW.timestamp()) + 300)
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


@pytest.mark.parametrize(
    "name", ["crit", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "b64", "cty", "zip", "anything"]
)
def test_a_header_has_three_members_and_no_other(tokens: Tokens, name: str) -> None:
    for value in ("https://forger.example/keys", {"kty": "oct", "k": part("x")}, ["exp"], None):
        refuse(tokens, signed({"alg": "HS256", "typ": "at+jwt", "kid": "k1", name: value}, claims(), SECRET))


def test_a_member_that_stands_twice_is_refused(tokens: Tokens) -> None:
    header = '{"alg": "HS256", "typ": "at+jwt", "kid": "k1"}'
    body = json.dumps(claims())
    assert tokens.actor(signed(header, body, SECRET), NOW) == ACTOR
    refuse(tokens, signed('{"alg": "none",' + header[1:], body, SECRET))
    refuse(tokens, signed(header, '{"sub": "7",' + body[1:], SECRET))
    refuse(tokens, signed(header, body[:-1] + ', "extra": {"a": 1, "a": 1}}', SECRET))
    refuse(tokens, signed(header, body[:-1] + ', "extra": NaN}', SECRET))


def test_one_token_has_one_spelling(tokens: Tokens) -> None:
    token = tokens.access_token(ACTOR, NOW)[0]
    assert tokens.actor(token, NOW) == ACTOR
    before, last = token[:-1], SYMBOLS.index(token[-1])
    for stray in range(1, 4):  # the last symbol holds two bits that stand for nothing
        refuse(tokens, before + SYMBOLS[last - last % 4 + (last + stray) % 4])
    head, body, end = token.split(".")
    for other in (f"{token}=", f"{head}=.{body}.{end}", f"{head}.{body}==.{end}", f" {token}", f"{token}\n", token.replace("_", "/"),
                  f"{head}.{body}.{end[:10]}\n{end[10:]}"):  # fmt: skip
        if other != token:  # a token need not hold a _
            refuse(tokens, other)


def test_clocks_may_differ_by_a_minute(tokens: Tokens) -> None:
    token = tokens.access_token(ACTOR, NOW)[0]
    fresh = Tokens({"k1": SECRET}, ISSUER)
    assert fresh.actor(token, NOW - timedelta(seconds=60)) == ACTOR
    refuse(Tokens({"k1": SECRET}, ISSUER), token, NOW - timedelta(seconds=61))
    at = int(NOW.timestamp())
    assert tokens.actor(forged(claims(iat=at + 60, exp=at + 960, nbf=at + 60)), NOW) == ACTOR


def test_no_forgery_of_thousands_is_taken(tokens: Tokens) -> None:
    genuine = Genuine(tokens.access_token(ACTOR, NOW)[0], tokens.ticket(TICKET, NOW), SECRET)
    tried = Counter(kind for kind, token in islice(forgeries(genuine, 1), 6_000) if refused_as_access(tokens, token))
    assert tried.total() == 6_000
    assert len(tried) == len(KINDS)
    assert min(tried.values()) > 300


def refused_as_access(tokens: Tokens, token: str) -> bool:
    with pytest.raises(TokenInvalid):
        tokens.actor(token, NOW)
    return True


def test_the_same_seed_forges_the_same(tokens: Tokens) -> None:
    genuine = Genuine(tokens.access_token(ACTOR, NOW)[0], tokens.ticket(TICKET, NOW), SECRET)
    kinds = [[kind for kind, _ in islice(forgeries(genuine, seed), 50)] for seed in (1, 1)]
    assert kinds[0] == kinds[1]


def test_a_key_id_must_be_there(tokens: Tokens) -> None:
    refuse(tokens, f"{part({'alg': 'HS256', 'typ': 'at+jwt'})}.{forged(claims()).partition('.')[2]}")


def test_another_secret_is_refused(tokens: Tokens) -> None:
    refuse(tokens, forged(claims(), OTHER))
    refuse(tokens, Tokens({"k1": OTHER}, ISSUER).access_token(ACTOR, NOW)[0])
    refuse(tokens, Tokens({"k1": SECRET}, "http://other.test").access_token(ACTOR, NOW)[0])


def test_every_altered_symbol_is_noticed(tokens: Tokens) -> None:
    token = tokens.access_token(ACTOR, NOW)[0]
    for at, symbol in enumerate(token):
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
