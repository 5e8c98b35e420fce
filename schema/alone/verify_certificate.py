#!/usr/bin/env python3
"""保証証書を自分で検証する / Verify a guarantee certificate by yourself.

    python3 verify_certificate.py 証書.jws [証書.pdf] --jwks 公開鍵.json [--status 状態リスト]

必要なもの: Python 3.8 以上と openssl 3.0 以上のみ。このスクリプトは証書を誰にも送信しません。--jwks と --status は
ファイルでもURLでも指定できます。公開鍵は、発行者のサイト( /.well-known/jwks.json )から取得してください。
Needs Python 3.8 and openssl 3.0, nothing else. It sends the certificate to nobody. --jwks and --status take a file or a
URL. Get the public keys from the issuer's site yourself: whoever sent you the certificate must not be who gives the keys.

終了コード / exit code: 0 = 真正 (genuine), 1 = 真正ではない (not genuine), 2 = 確認できない (could not be checked),
3 = 真正だが現在は有効でない (genuine, but no longer current)
"""
import argparse, base64, hashlib, json, subprocess, sys, tempfile, time, urllib.request, zlib  # noqa: E401
from typing import Any, Dict

Json = Dict[str, Any]
STATUS = {0: ("有効", "current"), 1: ("解約済み", "cancelled"), 11: ("差替え済み(新しい版があります)", "superseded by a newer version"),
          12: ("保証終了", "released"), 13: ("有効(認証キーは再発行済み)", "current; its access key was replaced")}


class Bad(Exception):
    """The certificate is not genuine."""


def say(ja: str, en: str) -> None:
    print(f"{ja} / {en}")


def read(place: str) -> bytes:
    if place.startswith(("http://", "https://")):
        with urllib.request.urlopen(place, timeout=20) as answer:
            return bytes(answer.read(1_000_000))
    with open(place, "rb") as file:
        return file.read(1_000_000)


def decoded(text: str) -> bytes:
    octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(octets).rstrip(b"=").decode() != text:
        raise Bad("符号化が正規の形ではありません / the encoding is not the canonical one")
    return octets


def once(pairs: "list[tuple[str, object]]") -> Json:
    if len(dict(pairs)) != len(pairs):
        raise Bad("同じ項目が2回あります / a member stands twice")
    return dict(pairs)


def plain(octets: bytes) -> Json:
    """Return the JSON object in octets, if it is written in the one canonical way (RFC 8785)."""
    value: Json = json.loads(octets.decode(), object_pairs_hook=once)
    if json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() != octets:
        raise Bad("内容が正規の形ではありません / the content is not in canonical form")
    return value


def verified(token: str, typ: str, jwks: Json) -> Json:
    """Return what a JWS says, after openssl has checked its Ed25519 signature."""
    head, body, signature = token.split(".")
    header = plain(decoded(head))
    if header != {"alg": "Ed25519", "kid": header.get("kid"), "typ": typ}:
        raise Bad("署名の種類が違います / the signature is of another type")
    keys = [key for key in jwks["keys"] if key.get("kid") == header["kid"] and key.get("crv") == "Ed25519"]
    if len(keys) != 1:
        raise Bad("発行者のものではない鍵で署名されています / signed with a key that is not the issuer's")
    public = bytes.fromhex("302a300506032b6570032100") + decoded(keys[0]["x"])  # DER of an Ed25519 key: this, then 32 bytes
    with tempfile.TemporaryDirectory() as folder:
        for name, octets in (("key", public), ("text", f"{head}.{body}".encode()), ("signature", decoded(signature))):
            with open(f"{folder}/{name}", "wb") as file:
                file.write(octets)
        run = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", f"{folder}/key", "-rawin",
                              "-in", f"{folder}/text", "-sigfile", f"{folder}/signature"], capture_output=True)
    if run.returncode:
        raise Bad("署名が正しくありません / the signature is wrong")
    return plain(decoded(body))


def current(said: Json, place: str, jwks: Json) -> int:
    entry = said["status"]["status_list"]
    listed = verified(read(place or entry["uri"]).decode().strip(), "statuslist+jwt", jwks)
    if listed["sub"] != entry["uri"] or not listed["iat"] - 300 <= time.time() < listed["exp"]:
        raise OSError("状態リストが別のものか期限切れです / the status list is another one, or outdated")
    packed = zlib.decompressobj().decompress(decoded(listed["status_list"]["lst"]), 1_000_000)
    return int(packed[entry["idx"] // 2] >> 4 * (entry["idx"] % 2) & 15)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jws")
    parser.add_argument("pdf", nargs="?")
    parser.add_argument("--jwks", required=True)
    parser.add_argument("--status", nargs="?", const="", help="現在有効かも確認する / also check that it is still current")
    given = parser.parse_args()
    try:
        jwks = json.loads(read(given.jwks))
        said = verified(read(given.jws).decode().strip(), "guarantee+jws", jwks)
        if given.pdf and hashlib.sha256(read(given.pdf)).hexdigest() != said["pdfSha256"]:
            raise Bad("PDFが発行されたものと違います / the PDF is not the one that was issued")
        say("真正です: 発行後に変更されていません", "Genuine: unchanged since it was issued")
        for name in ("iss", "number", "version", "issuedOn", "principalName", "obligeeName", "worksName", "guaranteedAmount"):
            print(f"  {name}: {said[name]}")
        status = current(said, given.status, jwks) if given.status is not None else None
    except (Bad, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        say(f"真正ではありません: {error}", "NOT GENUINE")
        return 1
    except (OSError, IndexError, zlib.error) as error:
        say(f"確認できません: {error}", "Could not be checked")
        return 2
    if status is None:
        say("現在有効かは確認していません(--status)", "Whether it is still current was not checked (--status)")
        return 0
    say(*("現在の状態: " + STATUS.get(status, ("不明", ""))[0], "Status today: " + STATUS.get(status, ("", "unknown"))[1]))
    return 0 if status in (0, 13) else 3


if __name__ == "__main__":
    sys.exit(main())
