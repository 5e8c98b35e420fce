"""Request bodies and headers of which an HTTP door dies: damaged ones, nested ones, huge ones, ones of another world."""

import random
from collections.abc import Callable, Iterator

import orjson

from tests.client import APPLY, APPROVE, CONCLUDE, OPEN, RECORD_FEE, REVEAL

Case = tuple[bytes, dict[str, str]]
_READS = (
    "{ viewer { role partyName } }",
    "{ sureties { id name } }",
    "query ($n: GuaranteeNumber!, $k: AccessKey!) { certificate(number: $n, accessKey: $k) { __typename } }",
    "{ __schema { types { name } } }",
    "{ obligees(first: 3) { nodes { code name } } }",
    "query ($id: ID!) { node(id: $id) { __typename } }",
)
# Signing in is left out: a password costs tens of milliseconds to check.
_WRITES = (APPLY, APPROVE, CONCLUDE, RECORD_FEE, REVEAL, OPEN)
_VALUES: tuple[object, ...] = (
    None, True, 0, -1, 2**31, 2**53 + 1, 2**63, 1e308, "", "\x00", "𠮷", "\ud7ff", "0" * 5_000, "あ" * 300, [], {}, [[]],
    {"a": {"a": {}}}, "5007112345", "K5VL4+5QG_KJ", "2024-02-30", "9999-12-31", "R3J5YXJhbnRlZTox", "' OR 1=1 --",
)  # fmt: skip
_TOKENS = (
    b"{", b"}", b"[", b"]", b'"', b"\\", b"\\u0000", b"\\ud800", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80",
    b"\x00", b"1e999", b"-", b"NaN", b"Infinity", b"null", b",", b":", b"@skip(if: true)", b"...", b"$", b"#", b"__typename",
    b"\xef\xbb\xbf", b'"""', b"&", b"!", b"|",
)  # fmt: skip
_KINDS = (
    "application/json",
    "application/json; charset=utf-8",
    "application/json; charset=utf-7",
    "text/plain",
    "",
    "a/b/c",
)
_ACCEPTS = (
    "*/*",
    "application/json",
    "application/graphql-response+json",
    "text/html",
    "",
    "a;q=x",
    "application/*;q=0.1",
)


def cases(rng: random.Random) -> Iterator[Case]:
    """Yield cases without end."""
    while True:
        body = rng.choice(_MAKERS)(rng)
        yield body, (_headers(rng) if rng.random() < 0.1 else {})


def _headers(rng: random.Random) -> dict[str, str]:
    odd = {
        "content-type": rng.choice(_KINDS),
        "accept": rng.choice(_ACCEPTS),
        "content-length": rng.choice(("0", "-1", "x", "99999999999999999999", "٣")).encode("ascii", "replace").decode(),
        "authorization": rng.choice(("Bearer", "Bearer ", "Bearer a.b.c", "Basic eDp5", "\x7f", "bearer \xe9")),
        "x-request-id": rng.choice(("", "a" * 100, "../../x", "ok-1")),
    }
    return {name: odd[name] for name in rng.sample(sorted(odd), rng.randrange(1, 3))}


def plain(rng: random.Random) -> bytes:
    """Return a request that could be meant, with odd values in its variables."""
    query = rng.choice(_READS + _WRITES)
    names = ("input", "n", "k", "id", "number", "accessKey", "first")
    variables: dict[str, object] = {name: rng.choice(_VALUES) for name in rng.sample(names, rng.randrange(1, 4))}
    if rng.random() < 0.4:
        fields = ("applicationId", "idempotencyKey", "guaranteeId", "amount", "receivedOn", "application", "note")
        variables["input"] = {name: rng.choice(_VALUES) for name in rng.sample(fields, rng.randrange(1, 5))}
    return _json({"query": query, "variables": variables})


def _json(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # integers that orjson does not write
        return repr(value).encode(errors="replace")


def damaged(rng: random.Random) -> bytes:
    """Return a request with some bytes changed, put in, taken away or repeated."""
    body = bytearray(plain(rng))
    for _ in range(rng.randrange(1, 6)):
        place = rng.randrange(len(body) + 1)
        how = rng.randrange(4)
        if how == 0:
            body[place:place] = rng.choice(_TOKENS)
        elif how == 1:
            del body[place : place + rng.randrange(1, 20)]
        elif how == 2:
            body[place : place + 1] = bytes([rng.randrange(256)])
        else:
            body[place:place] = body[place : place + rng.randrange(1, 30)]
    return bytes(body)


def document(rng: random.Random) -> bytes:
    """Return a request whose document was damaged, in a body that is whole."""
    query = rng.choice(_READS + _WRITES)
    for _ in range(rng.randrange(1, 5)):
        place = rng.randrange(len(query) + 1)
        piece = rng.choice(_TOKENS).decode(errors="ignore")
        query = query[:place] + piece + query[place + rng.randrange(3) :]
    return _json(
        {"query": query, "variables": {"input": rng.choice(_VALUES)}, "operationName": rng.choice((None, "", "x"))}
    )


def nested(rng: random.Random) -> bytes:
    """Return what is nested deeper than anybody means, or longer than a number may be."""
    depth = rng.choice((50, 500, 3_000))
    opened, closed = rng.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"{a", b"}"), (b"[", b"")))
    inner = rng.choice(
        (b"1" * depth, opened * depth + b"1" + closed * depth, b"-" + b"9" * depth, b'"' + b"\\u0061" * depth)
    )
    return rng.choice((b'{"query":"{ sureties { id } }","variables":{"x":%s}}', b'{"query":%s}', b"%s")) % inner


def shaped(rng: random.Random) -> bytes:
    """Return JSON that is no request."""
    names = ("query", "variables", "operationName", "extensions", "id")
    value: object = {name: rng.choice(_VALUES) for name in rng.sample(names, rng.randrange(5))}
    return _json(rng.choice((value, [value], [value, value], rng.choice(_VALUES))))


def chance(rng: random.Random) -> bytes:
    """Return bytes by chance."""
    return rng.randbytes(rng.randrange(200))


_MAKERS: tuple[Callable[[random.Random], bytes], ...] = (
    plain,
    damaged,
    damaged,
    damaged,
    document,
    nested,
    shaped,
    chance,
)
