#!/usr/bin/env python3
"""電子証書の監査ログの証明を、このファイルだけで検証します(Pythonの標準ライブラリと openssl だけを使います)。

Verify that a record stands in a signed audit log, with Python's standard library and the openssl command alone.

    python3 verify_log_proof.py RECORD PROOF VKEY
"""

import base64
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

ED25519 = bytes.fromhex("302a300506032b6570032100")  # the DER header of an Ed25519 public key (RFC 8410)


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash above two others (RFC 6962)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(record: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root to which `path` leads from the record (RFC 9162, 2.1.3.2). Raise ValueError if it leads nowhere."""
    here, last, found = index, size - 1, hashlib.sha256(b"\0" + record).digest()
    for sibling in path:
        if last == 0:
            raise ValueError("証明が長すぎます。The proof is too long.")
        if here & 1 or here == last:
            found = node(sibling, found)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            found = node(found, sibling)
        here, last = here >> 1, last >> 1
    if last or not 0 <= index < size:
        raise ValueError("証明が短すぎます。The proof is too short.")
    return found


def check_signature(note: str, vkey: str) -> list[str]:
    """Return the signed lines (name, size, root) of a checkpoint. Raise ValueError unless `vkey` signed it."""
    body, _, signatures = note.rpartition("\n\n")
    name, key_id, encoded = vkey.strip().split("+", 2)
    key = base64.b64decode(encoded)
    if hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id or key[:1] != b"\1":
        raise ValueError("検証鍵の形が正しくありません。The verifier key is malformed.")
    for line in signatures.splitlines():
        dash, signer, signed = [*line.split(" "), "", ""][:3]
        raw = base64.b64decode(signed)
        if (dash, signer, raw[:4].hex()) == ("—", name, key_id) and body.startswith(name + "\n"):
            return body.split("\n") if openssl(body + "\n", key[1:], raw[4:]) else []
    return []


def openssl(text: str, public: bytes, signature: bytes) -> bool:
    """Return whether openssl finds the signature right."""
    with tempfile.TemporaryDirectory() as folder:
        for file, content in (("key", ED25519 + public), ("text", text.encode()), ("signature", signature)):
            Path(folder, file).write_bytes(content)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature"
        return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0  # noqa: S603  constant


def main(record: str, proof: str, vkey: str) -> int:
    """Print in Japanese and English whether the record is in the log; return the exit code."""
    head, _, note = Path(proof).read_text(encoding="utf-8").partition("\n\n")
    kind, *lines = head.split("\n")
    index, *path = [line for line in lines if not line.startswith("extra ")]
    body = check_signature(note, Path(vkey).read_text(encoding="utf-8"))
    if kind != "c2sp.org/tlog-proof@v1" or not body:
        print("NG 署名を確認できません。BAD: the checkpoint is not signed by this key.")
        return 1
    size, root = int(body[1]), base64.b64decode(body[2])
    whole = Path(record).read_bytes()
    if root_of(whole, int(index.removeprefix("index ")), size, [base64.b64decode(each) for each in path]) != root:
        print("NG この記録は監査ログにありません。BAD: the record is not in the log.")
        return 1
    print(f"OK この記録は {body[0]} の監査ログ({size}件)にあります。The record is in the log of {size} entries.")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:  # noqa: PLR2004  three files
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except (ValueError, IndexError, OSError) as error:
        sys.exit(f"NG 検証できません({error})。BAD: cannot be verified.")
