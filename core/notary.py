"""Checkpoints of the audit log as signed notes (C2SP tlog-checkpoint, Ed25519): made here, read back, and found in mails.

https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note, https://c2sp.org/tlog-proof
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from denshi_hosho.core.errors import HoshoError

_ED25519 = b"\x01"  # the signature type of signed notes
_KEY_ID = 4
PROOF = "c2sp.org/tlog-proof@v1"

# A note as it was written, or as mail programs wrap it, or as a PDF says it (whose typeface has ― for —):
# any white space between its parts.
_FOUND = re.compile(
    r"(?<![^\s+])(?P<origin>[^\s+]+)\s+(?P<size>0|[1-9]\d{0,17})\s+(?P<root>[A-Za-z0-9+/]{43}=)"
    r"\s+[—―] (?P=origin)\s+(?P<signed>[A-Za-z0-9+/]{91}=)"
)


class CheckpointInvalid(HoshoError):
    """A checkpoint is not of the form of one, or not signed by a known key of its log."""

    code = "CHECKPOINT_INVALID"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: the log `origin` had `size` entries under `root`. `note` is the signed text itself."""

    origin: str
    size: int
    root: bytes
    note: str

    @property
    def body(self) -> str:
        """Return the part of the note that is signed."""
        return _body(self.origin, self.size, self.root)


def origin_of(public_url: str) -> str:
    """Return the name of the log of the platform at `public_url`."""
    return f"{urlsplit(public_url).hostname or 'localhost'}/log"


def _body(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def _key_id(origin: str, public: bytes) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public).digest()[:_KEY_ID]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public key of a log, by which anyone checks its checkpoints."""

    origin: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes by which a signature names its key."""
        return _key_id(self.origin, self.public)

    def __str__(self) -> str:
        """Return the key as signed notes write it: name+id+base64."""
        return f"{self.origin}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Return the key that `text` writes. Raise `CheckpointInvalid`."""
        try:
            origin, key_id, encoded = text.strip().split("+", 2)
            kind, public = (raw := base64.b64decode(encoded, validate=True))[:1], raw[1:]
            key = cls(origin, public)
            Ed25519PublicKey.from_public_bytes(public)
        except ValueError as error:
            raise _bad_key() from error
        if kind != _ED25519 or key.id.hex() != key_id:
            raise _bad_key()
        return key


class Notary:
    """Signs the checkpoints of one log. `seeds`: name → 32 bytes; the first one signs, all of them are published."""

    def __init__(self, seeds: Mapping[str, bytes], public_url: str) -> None:
        self.origin = origin_of(public_url)
        keys = [Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds.values()]
        self._signer = keys[0]
        self.verifier_keys = tuple(VerifierKey(self.origin, key.public_key().public_bytes_raw()) for key in keys)

    def checkpoint(self, size: int, root: bytes) -> str:
        """Return the signed note that says: this log has `size` entries under `root`."""
        body = _body(self.origin, size, root)
        signed = self.verifier_keys[0].id + self._signer.sign(body.encode())
        return f"{body}\n— {self.origin} {base64.b64encode(signed).decode()}\n"


def opened(note: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Return what a checkpoint says, once one of `keys` has signed it. Raise `CheckpointInvalid`."""
    checkpoint = read(note)
    known = {(key.origin, key.id): key for key in keys}
    known_one = False
    for line in note.rpartition("\n\n")[2].splitlines():
        name, signed = _signature(line)
        if name == checkpoint.origin and (key := known.get((name, signed[:_KEY_ID]))):
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signed[_KEY_ID:], _text(note).encode())
            except InvalidSignature as error:
                raise CheckpointInvalid(
                    "チェックポイントの署名が正しくありません。", "The checkpoint's signature is wrong."
                ) from error
            known_one = True
    if not known_one:
        raise CheckpointInvalid(
            f"チェックポイントは {checkpoint.origin} の既知の鍵で署名されていません。",
            f"The checkpoint is not signed by a known key of {checkpoint.origin}.",
        )
    return checkpoint


def read(note: str) -> Checkpoint:
    """Return what a checkpoint says, whoever signed it. Raise `CheckpointInvalid` if it is not of the form of one."""
    origin, size, encoded, *_ = [*_text(note).split("\n"), "", "", ""]
    try:
        root = base64.b64decode(encoded, validate=True)
    except ValueError:
        root = b""
    if not origin or not re.fullmatch(r"0|[1-9]\d{0,17}", size) or len(root) != hashlib.sha256().digest_size:
        raise CheckpointInvalid("チェックポイントの形ではありません。", "This is not a checkpoint.")
    return Checkpoint(origin, int(size), root, note)


def _text(note: str) -> str:
    return note.rpartition("\n\n")[0] + "\n"


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    try:
        signed = base64.b64decode(encoded, validate=True)
    except ValueError:
        signed = b""
    if dash != "—" or not name or len(signed) <= _KEY_ID:
        raise CheckpointInvalid("チェックポイントの署名行の形が正しくありません。", "A signature line is malformed.")
    return name, signed


def _bad_key() -> CheckpointInvalid:
    return CheckpointInvalid("監査ログの検証鍵の形ではありません。", "This is not a verifier key of a log.")


def notes_in(text: str) -> list[str]:
    """Return the checkpoints that stand in `text`, as signed notes, however they were wrapped."""
    return [
        f"{found['origin']}\n{found['size']}\n{found['root']}\n\n— {found['origin']} {found['signed']}\n"
        for found in _FOUND.finditer(text)
    ]


def notes_in_file(content: bytes) -> list[str]:
    """Return the checkpoints in a file: a checkpoint, a text, a mail (.eml) in any of its text parts."""
    found = notes_in(content.decode(errors="replace"))
    mail = message_from_bytes(content, policy=default)
    for part in mail.walk():
        if part.get_content_maintype() == "text" and "content-transfer-encoding" in part:
            found += notes_in(str(part.get_content()))
    return list(dict.fromkeys(found))


def tlog_proof(index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """Return the proof that an entry is in the log, with the checkpoint to hold it against, as one text."""
    hashes = "".join(f"{base64.b64encode(each).decode()}\n" for each in path)
    return f"{PROOF}\nindex {index}\n{hashes}\n{checkpoint}"
