"""Requests that nobody should send, endlessly: broken bytes, mutated operations and junk, the same ones for the same seed."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from tests.client import APPLY, CONCLUDE, OPEN, REVEAL, SIGN_IN
from tests.schema import operations

Headers = list[tuple[bytes, bytes]]
MAX_BODY: Final = 300_000  # bytes: just beyond what the platform takes

_JSON: Final = (b"content-type", b"application/json")
_DOCUMENTS: Final = (
    "{ __typename }", "{ viewer { role } }", "{ sureties { id name } }", "{ obligees(first: 3) { nodes { id name } } }",
    "query Named($first: Int, $after: String) { obligees(first: $first, after: $after) { totalCount nodes { id } } }",
    "query ($id: ID!) { node(id: $id) { __typename id } }", "{ __schema { types { name } } }",
    operations.NODE, operations.ELIGIBILITY, APPLY, CONCLUDE, OPEN, REVEAL, SIGN_IN, *operations.MUTATIONS.values(),
)  # fmt: skip
_VARIABLES: Final[tuple[dict[str, Any], ...]] = (
    {}, {"first": 3, "after": None}, {"id": "U3VyZXR5OjE="}, {"number": "1070000473", "accessKey": "ABCDEFGHJKLM"},
    {"input": {"loginId": "contractor", "password": "x"}},
    {"application": {"obligee": "322016", "kind": "ADVANCE_PAYMENT", "facts": {"workType": "CONSTRUCTION"}}},
    {"input": {"idempotencyKey": "k", "application": {"obligee": "322016", "kind": "BID", "worksName": "工事"}}},
)  # fmt: skip
_STRANGE: Final = (
    "null", "true", "-0", "1e999", "-1e999", "1e-999", "NaN", "Infinity", "9" * 400, "-" + "9" * 4400, "1.5", "9007199254740993",
    "18446744073709551616", '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\U00020bb7"', '"\\ufeff"', '"' + "長" * 3000 + '"',
    "[]", "{}", "[[[[]]]]", "[" * 600 + "]" * 600, '{"a":' * 600 + "1" + "}" * 600, '"2024-02-30"', '"0000000000"', '""',
    '"' + "A" * 5000 + '"', '"=2+5"', '"\\n"', '"https://[::1"', '"U3VyZXR5Oi0x"', '"R3VhcmFudGVlOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk="',
    '"WyJOIixudWxsLDFd"', '"W10"', '{"a":1,"a":2}',
)  # fmt: skip
_TOKENS: Final = (
    "{", "}", "(", ")", "[", "]", "...", "... on Query", "@skip(if: true)", "@include(if: $no)", "@oneOf", "$", "!", "|", "&", ":",
    "=", '"', '"""', "\\u{110000}", "\\uD800", "#", "\n", "\r", "\x00", "\x7f", "\ufeff", "\u2028", "fragment f on Query { ...f }",
    "subscription", "mutation", "query", "extend type", "1e999", "9" * 5000, "-", ".5", "__typename", "__schema", "null", "長",
    "first: -1", "first: 99999999999999999999", "last: 5", "id: 7", "@defer", "@stream", "\U0001f600", "{" * 50, "[" * 300,
)  # fmt: skip
_ODD_HEADERS: Final = (
    (b"content-type", b""), (b"content-type", b"application/json; charset=utf-16"), (b"content-type", b"\xff\xfe"),
    (b"content-type", b"application/graphql"), (b"content-type", b"text/plain"), (b"content-type", b";;;=,"),
    (b"accept", b""), (b"accept", b"\x80"), (b"accept", b"*/*;q=nan"), (b"accept", b"application/json;q=1e999,,;"),
    (b"accept", b"application/graphql-response+json"), (b"authorization", b"Bearer \xff"), (b"authorization", b"Bearer "),
    (b"authorization", b"Bearer a.b.c"), (b"authorization", b"Basic eDp5"), (b"authorization", b"Bearer " + b"e30." * 900),
    (b"authorization", b"Bearer eyJhbGciOiJub25lIn0.e30."), (b"content-length", b"-1"), (b"content-length", b"1e3"),
    (b"content-length", b"\xb2"), (b"content-length", b"9" * 400), (b"content-length", b"3"), (b"content-encoding", b"gzip"),
    (b"transfer-encoding", b"chunked"), (b"x-request-id", b"\xff\x00"), (b"x-request-id", b"a" * 9000), (b"cookie", b"\xff=;;=\x01"),
    (b"origin", b"null"), (b"origin", b"https://\xff"), (b"host", b"\x80"), (b"expect", b"100-continue"), (b"", b""),
    (b"x-forwarded-for", b"\xff, 1.2.3.4"), (b"forwarded", b'for="[::1"'), (b"upgrade", b"h2c"), (b"range", b"bytes=9-1"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One request to `/graphql`: raw headers and body. `chunks` is how a client may cut the body."""

    headers: Headers
    body: bytes
    chunks: int = 1


def cases(seed: int, tokens: Sequence[str] = ()) -> Iterator[Case]:
    """Yield requests without end; the same seed yields the same ones. Each is sent with one of `tokens`, if any."""
    random = Random(seed)  # noqa: S311  (to be repeated, not to be secret)
    ways: tuple[Callable[[Random], bytes], ...] = (
        _junk, _valid, _broken_bytes, _strange_values, _strange_values, _broken_document, _broken_document, _deep, _parameters,
    )  # fmt: skip
    while True:
        body = random.choice(ways)(random)[:MAX_BODY]
        bearer = [(b"authorization", f"Bearer {random.choice(tokens)}".encode())] if tokens else []
        yield Case([*bearer, *_headers(random)], body, random.choice((1, 1, 1, 2, 7)))


def _headers(random: Random) -> Headers:
    odd = random.choices(_ODD_HEADERS, k=random.choice((0, 0, 0, 1, 1, 2, 5)))
    return [*([_JSON] if random.random() < 0.95 else []), *odd]


def _request(random: Random) -> dict[str, Any]:
    variables = {**random.choice(_VARIABLES), **random.choice(_VARIABLES)}
    return {"query": random.choice(_DOCUMENTS), "variables": variables}


def _valid(random: Random) -> bytes:
    return json.dumps(_request(random), ensure_ascii=random.random() < 0.5).encode()


def _junk(random: Random) -> bytes:
    return random.randbytes(random.choice((0, 1, 7, 100, 5000)))


def _broken_bytes(random: Random) -> bytes:
    """A valid request with bytes flipped, cut out, doubled or put in."""
    body = bytearray(_valid(random))
    for _ in range(random.randint(1, 6)):
        place = random.randrange(len(body) + 1)
        match random.randrange(4):
            case 0:
                body[place : place + 1] = random.randbytes(1)
            case 1:
                del body[place : place + random.randint(1, 20)]
            case 2:
                body[place:place] = body[place : place + random.randint(1, 200)]
            case _:
                body[place:place] = random.choice(
                    (b"\x00", b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xef\xbb\xbf", b'"', b"\\", b"{", b"[")
                )
    return bytes(body)


def _strange_values(random: Random) -> bytes:
    """A valid request, one or several of whose variables are something else."""
    request = _request(random)
    marks: dict[str, str] = {}

    def mark() -> str:
        marks[f"<{len(marks)}>"] = random.choice(_STRANGE)
        return f"<{len(marks) - 1}>"

    def strange(value: Any) -> Any:
        if random.random() < 0.3:
            return mark()
        if isinstance(value, dict):
            return {name: strange(inner) for name, inner in value.items()}
        return value

    variables = {name: strange(value) for name, value in request["variables"].items()}
    for name in random.sample(("first", "after", "id", "input", "number", "accessKey", "application", "\0", ""), 2):
        variables.setdefault(name, mark())
    text = json.dumps({**request, "variables": variables}, ensure_ascii=False)
    for name, value in marks.items():
        text = text.replace(f'"{name}"', value)
    return text.encode()


def _broken_document(random: Random) -> bytes:
    """A valid request whose document has lost, doubled or gained some tokens."""
    request = _request(random)
    words = request["query"].split(" ")
    for _ in range(random.randint(1, 5)):
        place = random.randrange(len(words) + 1)
        match random.randrange(3):
            case 0:
                words[place : place + random.randint(1, 3)] = []
            case 1:
                words[place:place] = words[place : place + random.randint(1, 30)] * random.choice((1, 1, 1, 40))
            case _:
                words[place:place] = [random.choice(_TOKENS)]
    return json.dumps({**request, "query": " ".join(words)}).encode()


def _deep(random: Random) -> bytes:
    """JSON or a document that is nothing but depth, width or length."""
    many = random.choice((10, 500, 3000, 100_000, MAX_BODY))
    return random.choice((
        b'{"query":"{__typename}","variables":{"a":' + b"[" * many + b"]" * many + b"}}", b"[" * many, b'{"a":' * (many // 4),
        b'{"query":"' + b"{a" * (many // 2) + b'"}', b'{"query":"' + b"#" * many + b'"}', b'{"query":"{a(b:' + b"[" * many + b')}"}',
        b'{"query":"{' + b" __typename" * (many // 10) + b'}"}', b'{"query":"{node(id:\\"' + b"x" * many + b'\\"){id}}"}',
        b'{"query":"{__typename}","variables":{"a":' + b"1" * many + b"}}", b'{"query":"{node(id:' + b"1" * many + b'){id}}"}',
        b'{"query":"query(' + b"$a:Int " * (many // 10) + b'){__typename}"}', b" " * many + b'{"query":"{__typename}"}',
        b'{"query":"{__typename}","operationName":"' + b"n" * many + b'"}',
        b'{"query":"{' + b"...f " * (many // 50) + b"}" + b"fragment f on Query{...f}" * (many // 50) + b'"}',
    ))  # fmt: skip


def _parameters(random: Random) -> bytes:
    """A valid request whose parameters have other types, other names, or come twice."""
    names = ("query", "documentId", "operationName", "variables", "extensions", "id", "\0")
    pairs = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in _request(random).items()]
    pairs = pairs[random.choice((0, 0, 1)) :]  # without its document, now and then
    for _ in range(random.randint(1, 3)):
        name, value = random.choice(names), random.choice(_STRANGE)
        pairs.append(f"{json.dumps(name)}:{value}")
    hashed = random.choice(('"x"', "7", "null", f'"{"0" * 64}"', '"\\u0000"'))
    apollo = '"extensions":{"persistedQuery":{"version":1,"sha256Hash":' + hashed + "}}"
    pairs.append(random.choice((apollo, '"documentId":"sha256:' + "0" * 64 + '"', '"operationName":"Named"')))
    random.shuffle(pairs)
    return ("{" + ",".join(pairs) + "}").encode()
