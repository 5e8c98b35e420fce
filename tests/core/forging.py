"""Forged tokens without end: each is one that no verifier may take, made from genuine ones and, where that helps, the secret."""

import base64
import hmac
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_EC = ec.generate_private_key(ec.SECP256R1())
_ED = ed25519.Ed25519PrivateKey.generate()
_JSON: tuple[Any, ...] = (None, True, False, 0, 1, -1, 2**63, 10**30, 1.5, "", "x", "１", [], ["at+jwt"], {}, {"a": 1})


@dataclass(frozen=True, slots=True)
class Genuine:
    """What the forger has: an access token that holds, a ticket that holds, and the secret that signed both (HS256)."""

    access: str
    ticket: str
    secret: bytes

    @property
    def header(self) -> dict[str, Any]:
        return _json_of(self.access.split(".")[0])

    @property
    def claims(self) -> dict[str, Any]:
        return _json_of(self.access.split(".")[1])


def forgeries(genuine: Genuine, seed: int) -> Iterator[tuple[str, str]]:
    """Yield (kind of forgery, token) for ever, of the same kinds for the same seed; none is one of the genuine tokens."""
    chance = random.Random(seed)  # noqa: S311  forgeries are to be found again, not to be secret
    while True:
        for make in KINDS:
            token = make(genuine, chance)
            if token not in {genuine.access, genuine.ticket}:
                yield make.__name__, token


def part(value: object) -> str:
    """Return `value` as a part of a token: a text as it stands, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def signed(header: object, claims: object, secret: bytes) -> str:
    """Return a token with any header and any claims, rightly signed with HMAC-SHA256."""
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{_mac(text, secret)}"


def _mac(text: str, secret: bytes) -> str:
    mac = hmac.digest(secret, text.encode(), "sha256")
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def _json_of(text: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))


def one_symbol_changed(genuine: Genuine, chance: random.Random) -> str:
    token = genuine.access
    at = chance.randrange(len(token))
    return token[:at] + chance.choice([each for each in _ALPHABET + ".=" if each != token[at]]) + token[at + 1 :]


def one_bit_changed(genuine: Genuine, chance: random.Random) -> str:
    parts = genuine.access.split(".")
    which = chance.randrange(3)
    content = bytearray(base64.urlsafe_b64decode(parts[which] + "=" * (-len(parts[which]) % 4)))
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    parts[which] = base64.urlsafe_b64encode(bytes(content)).decode().rstrip("=")
    return ".".join(parts)


def cut_or_lengthened(genuine: Genuine, chance: random.Random) -> str:
    token, at = genuine.access, chance.randrange(len(genuine.access))
    return chance.choice((token[:at], token[at:], token[:at] + token[at + 1 :], token + chance.choice(_ALPHABET),
                          token + ".", token + "=", "." + token, token + "." + token.rpartition(".")[2]))  # fmt: skip


def spelled_differently(genuine: Genuine, chance: random.Random) -> str:
    """The very same bytes in base64's second spelling: stray bits, padding, the other alphabet."""
    parts = genuine.access.split(".")
    which = chance.choice([at for at, each in enumerate(parts) if len(each) % 4] or [2])
    last = _ALPHABET.index(parts[which][-1])
    stray = 4 if len(parts[which]) % 4 == 3 else 16
    other = _ALPHABET[last - last % stray + (last + chance.randrange(1, stray)) % stray]
    again = parts[which][:-1] + other
    padded = parts[which] + "=" * (-len(parts[which]) % 4)
    parts[which] = chance.choice((again, padded, parts[which] + "%3D"))
    return ".".join(parts)


def header_edited(genuine: Genuine, chance: random.Random) -> str:
    """Another header, rightly signed: one member changed, taken away or added."""
    header = genuine.header
    name = chance.choice(("alg", "typ", "kid"))
    way = chance.randrange(3)
    if way == 0:
        header[name] = chance.choice(_JSON)
    elif way == 1:
        del header[name]
    else:
        extra = chance.choice(("crit", "jku", "jwk", "x5u", "x5c", "x5t", "b64", "cty", "zip", "enc", "iss"))
        header[extra] = chance.choice((*_JSON, ["exp"], "https://forger.example/jwks.json"))
    return signed(header, genuine.claims, genuine.secret)


def another_algorithm(genuine: Genuine, chance: random.Random) -> str:
    """`none` in every case, and other algorithms, signed as they should be: by the secret, by keys of the forger's own."""
    algorithm, key = chance.choice(_others(genuine))
    if algorithm == "none":
        spelled = chance.choice(("none", "None", "NONE", "nOnE", "hs256", "HS256 ", ""))
        tail = chance.choice(("", genuine.access.rpartition(".")[2], "AA"))
        return f"{part({**genuine.header, 'alg': spelled})}.{part(genuine.claims)}.{tail}"
    return jwt.encode(genuine.claims, key, algorithm, {**genuine.header, "alg": algorithm})


def _others(genuine: Genuine) -> tuple[tuple[str, Any], ...]:
    longer = genuine.secret * 2
    return (
        ("HS384", longer),
        ("HS512", longer),
        ("RS256", _RSA),
        ("PS256", _RSA),
        ("ES256", _EC),
        ("EdDSA", _ED),
        ("none", None),
    )


def another_key(genuine: Genuine, chance: random.Random) -> str:
    """HMAC-SHA256 under anything but the secret: guesses, a public key's PEM, the forger's own key in the header."""
    guess = chance.choice(
        (chance.randbytes(32), b"secret", b"\0" * 32, genuine.secret[:-1], genuine.secret + b"\0" * 33)
    )
    header = genuine.header
    if chance.randrange(3) == 0:
        header["jwk"] = {"kty": "oct", "k": part(guess.decode("latin-1"))}
    header["kid"] = chance.choice((header["kid"], "k2", "", "../../dev/null", "k1' OR '1'='1"))
    return signed(header, genuine.claims, guess)


def parts_swapped(genuine: Genuine, chance: random.Random) -> str:
    """Header, claims and signature of two genuine tokens, mixed."""
    pool = (genuine.access.split("."), genuine.ticket.split("."))
    while True:
        chosen = [chance.randrange(2) for _ in range(3)]
        if len(set(chosen)) > 1:
            return ".".join(pool[which][place] for place, which in enumerate(chosen))


def of_another_type(genuine: Genuine, chance: random.Random) -> str:
    """A ticket as an access token, rightly signed: by its header, by its audience, or by what it has and has not."""
    typ = chance.choice(("ticket+jwt", "JWT", "jwt", "AT+JWT", "at+JWT", "application/at+jwt", "id+jwt", "logout+jwt"))
    return chance.choice((
        signed({**genuine.header, "typ": typ}, genuine.claims, genuine.secret),
        signed(genuine.header, {**genuine.claims, "aud": typ}, genuine.secret),
        signed({**genuine.header, "typ": typ}, {**genuine.claims, "aud": typ}, genuine.secret),
        signed(genuine.header, _json_of(genuine.ticket.split(".")[1]), genuine.secret),
    ))  # fmt: skip


def claim_edited(genuine: Genuine, chance: random.Random) -> str:
    """A claim that is missing, of another type, or of somebody else, rightly signed."""
    claims = genuine.claims
    name = chance.choice(("iss", "aud", "sub", "jti", "iat", "exp", "sid", "role"))
    if chance.randrange(3) == 0:
        del claims[name]
    else:
        impossible = {
            "iss": ("http://forger.example", None, 1, [claims["iss"]], claims["iss"] + "/"),
            "aud": (None, 1, [claims["aud"]], [], "", {claims["aud"]: 1}),
            "sub": (None, 1, "", "x", "-1", "１", "01", "1 ", "1" * 40, ["1"]),
            "jti": (None, 1, "", [], {}, True),
            "iat": (None, "now", True, claims["iat"] + 3_600, 1.5, [], 10**30),
            "exp": (None, "later", True, claims["iat"] - 1, claims["exp"] + 1, float(claims["exp"]), 10**30, -1),
            "sid": (None, 1, "", claims["sid"].upper() + "A", claims["sid"][:-1], [claims["sid"]]),
            "role": (None, 1, "", "ADMIN", "principal", ["PRINCIPAL"], {}),
        }
        claims[name] = chance.choice(impossible[name])
    return signed(genuine.header, claims, genuine.secret)


def out_of_its_time(genuine: Genuine, chance: random.Random) -> str:
    """Expired, not begun yet, or made for longer than tokens live."""
    claims, away = genuine.claims, chance.randrange(1_800, 10_000_000)
    moved = chance.choice((
        {"iat": claims["iat"] - away, "exp": claims["exp"] - away}, {"iat": claims["iat"] + away, "exp": claims["exp"] + away},
        {"nbf": claims["iat"] + away}, {"exp": claims["exp"] + away}, {"nbf": "0"}, {"nbf": None},
    ))  # fmt: skip
    return signed(genuine.header, {**claims, **moved}, genuine.secret)


def members_twice(genuine: Genuine, chance: random.Random) -> str:
    """A member that stands twice, in the header or in the claims: two readers would read two tokens."""
    header, claims = json.dumps(genuine.header), json.dumps(genuine.claims)
    if chance.randrange(2):
        name = chance.choice(sorted(genuine.header))
        header = f'{{"{name}": {json.dumps(chance.choice(("none", "x", genuine.header[name])))}, {header[1:]}'
    else:
        name = chance.choice(sorted(genuine.claims))
        claims = f'{{"{name}": {json.dumps(chance.choice((9, "x", genuine.claims[name])))}, {claims[1:]}'
    return signed(header, claims, genuine.secret)


def no_object(genuine: Genuine, chance: random.Random) -> str:
    """Rightly signed, and no token all the same: no object, no JSON, far too deep, far too long."""
    odd = chance.choice((*_JSON[:-1], "null", "[" * 1_000, '{"a":' * 300, "NaN", '{"exp": NaN}', "\ufeff{}", "{}{}"))
    if chance.randrange(2):
        return signed(genuine.header, odd, genuine.secret)
    longer = {**genuine.claims, "note": "x" * chance.choice((2_000, 5_000))}
    return chance.choice((signed(odd, genuine.claims, genuine.secret), signed(genuine.header, longer, genuine.secret)))


def garbage(genuine: Genuine, chance: random.Random) -> str:
    symbols = _ALPHABET + ".=~ +/"
    return "".join(chance.choices(symbols, k=chance.randrange(1, 2 * len(genuine.access)))).strip() or "."


KINDS: tuple[Callable[[Genuine, random.Random], str], ...] = (
    one_symbol_changed, one_bit_changed, cut_or_lengthened, spelled_differently, header_edited, another_algorithm,
    another_key, parts_swapped, of_another_type, claim_edited, out_of_its_time, members_twice, no_object, garbage,
)  # fmt: skip
