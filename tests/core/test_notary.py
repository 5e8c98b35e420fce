import base64
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.merkle import EMPTY
from denshi_hosho.core.notary import (
    CheckpointInvalid,
    Notary,
    VerifierKey,
    notes_in,
    notes_in_file,
    opened,
    origin_of,
    read,
    tlog_proof,
)

SEED = {"k1": bytes(range(32))}
NOTARY = Notary(SEED, "https://hosho.example.jp:8443/api")
ROOT = bytes(range(32, 64))
NOTE = NOTARY.checkpoint(42, ROOT)


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == ["hosho.example.jp/log", "42", base64.b64encode(ROOT).decode(), ""]
    assert lines[4].startswith("— hosho.example.jp/log ")
    assert len(base64.b64decode(lines[4].rsplit(" ", 1)[1])) == 4 + 64
    assert lines[5:] == [""]
    assert opened(NOTE, NOTARY.verifier_keys) == read(NOTE)
    assert (read(NOTE).origin, read(NOTE).size, read(NOTE).root) == ("hosho.example.jp/log", 42, ROOT)
    assert NOTE.startswith(read(NOTE).body + "\n—")


def test_a_published_key_is_read() -> None:
    # The key of the example in the documentation of Go's package sumdb/note.
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert str(key) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert key.id.hex() == "c74f20a3"


def test_an_old_key_still_verifies_old_checkpoints_and_the_first_one_signs() -> None:
    rotated = Notary({"k2": b"n" * 32, **SEED}, "https://hosho.example.jp")
    assert opened(NOTE, rotated.verifier_keys).size == 42
    new = rotated.checkpoint(43, ROOT)
    assert opened(new, rotated.verifier_keys[:1]).size == 43
    with pytest.raises(CheckpointInvalid):
        opened(new, NOTARY.verifier_keys)


@given(st.integers(0, len(NOTE) - 1), st.sampled_from("0AZ+/= \n—x"))
def test_no_altered_checkpoint_is_taken_for_a_signed_one(place: int, letter: str) -> None:
    altered = NOTE[:place] + letter + NOTE[place + 1 :]
    if altered == NOTE:
        return
    try:
        checkpoint = opened(altered, NOTARY.verifier_keys)
    except CheckpointInvalid:
        return
    assert (checkpoint.size, checkpoint.root) == (42, ROOT)  # base64 has spare bits, and the last newline says nothing


@pytest.mark.parametrize(
    "text", ["", "a\nb\nc\n", "a\n01\n" + base64.b64encode(ROOT).decode() + "\n\n— a AAAA\n", NOTE[:60]]
)
def test_what_is_no_checkpoint_is_said_to_be_none(text: str) -> None:
    with pytest.raises(CheckpointInvalid) as caught:
        opened(text, NOTARY.verifier_keys)
    assert caught.value.code == "CHECKPOINT_INVALID"


@pytest.mark.parametrize(
    "line", ["- hosho.example.jp/log AAAAAAAA", "— hosho.example.jp/log", "— hosho.example.jp/log AA=", "—"]
)
def test_a_malformed_signature_line_spoils_the_note(line: str) -> None:
    with pytest.raises(CheckpointInvalid):
        opened(f"{NOTE}{line}\n", NOTARY.verifier_keys)


def test_the_signatures_of_strangers_are_passed_over() -> None:
    witness = f"— witness.example {base64.b64encode(bytes(68)).decode()}\n"
    assert opened(NOTE + witness, NOTARY.verifier_keys).size == 42


@pytest.mark.parametrize(
    "text", ["", "a+b", "a+00000000+AQ==", str(NOTARY.verifier_keys[0]).replace("log+", "lag+"), "a+b+%"]
)
def test_what_is_no_key_is_said_to_be_none(text: str) -> None:
    with pytest.raises(CheckpointInvalid):
        VerifierKey.parse(text)


def test_a_key_is_written_and_read_back() -> None:
    (key,) = NOTARY.verifier_keys
    assert VerifierKey.parse(str(key)) == key


@pytest.mark.parametrize(
    ("url", "origin"),
    [("http://127.0.0.1:8000", "127.0.0.1/log"), ("https://Hosho.example.jp/x", "hosho.example.jp/log")],
)
def test_a_log_is_named_by_its_host(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_checkpoints_are_found_in_mails_and_in_the_text_of_a_pdf() -> None:
    wrapped = NOTE.replace("\n\n", "\n").replace("\n", "  \n > ", 0).replace("log\n42\n", "log 42 ")
    assert notes_in(f"前の文\n{wrapped}後の文") == [NOTE]
    mail = EmailMessage(policy=SMTP)
    mail.set_content(f"本文\n\n{NOTE}", charset="utf-8", cte="base64")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    assert notes_in_file(mail.as_bytes()) == [NOTE]
    assert notes_in_file(NOTE.encode()) == [NOTE]
    assert notes_in_file(b"\xff\x00") == []


def signed(text: str, name: str, seed: bytes = SEED["k1"], origin: str | None = None) -> str:
    """A signature line over `text` by the log `name`, with the key of `origin`."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = VerifierKey(origin or name, key.public_key().public_bytes_raw())
    return f"— {name} {base64.b64encode(public.id + key.sign(text.encode())).decode()}\n"


def test_a_checkpoint_may_say_more_than_its_three_lines() -> None:
    text = read(NOTE).body + "more\n\nand more\n"
    note = f"{text}\n{signed(text, 'hosho.example.jp/log')}"
    assert opened(note, NOTARY.verifier_keys).size == 42
    with pytest.raises(CheckpointInvalid):
        opened(note.replace("and more", "and less"), NOTARY.verifier_keys)


def test_the_signature_of_another_known_log_is_not_that_of_this_one() -> None:
    other = Notary({"k1": b"o" * 32}, "https://other.example")
    text = read(NOTE).body
    note = f"{text}\n{signed(text, 'other.example/log', b'o' * 32)}"
    with pytest.raises(CheckpointInvalid) as caught:
        opened(note, [*NOTARY.verifier_keys, *other.verifier_keys])
    assert "known key of hosho.example.jp/log" in caught.value.en


@pytest.mark.parametrize("size", ["042", "+42", "-1", "４２", "", "4 2", "1" * 19])
def test_a_size_is_written_in_one_way_only(size: str) -> None:
    with pytest.raises(CheckpointInvalid):
        read(NOTE.replace("\n42\n", f"\n{size}\n"))


@pytest.mark.parametrize("wrong", [ROOT[:-1], ROOT + b"x", b""])
def test_a_root_has_32_bytes(wrong: bytes) -> None:
    with pytest.raises(CheckpointInvalid):
        read(f"a\n1\n{base64.b64encode(wrong).decode()}\n\n")


def test_a_checkpoint_names_its_log() -> None:
    with pytest.raises(CheckpointInvalid):
        read(NOTE.replace("hosho.example.jp/log\n", "\n", 1))


def test_nothing_but_base64_stands_for_bytes() -> None:
    root, (key,) = base64.b64encode(ROOT).decode(), NOTARY.verifier_keys
    with pytest.raises(CheckpointInvalid):
        read(NOTE.replace(root, f"{root[:9]}%{root[9:]}"))
    with pytest.raises(CheckpointInvalid):
        opened(f"{NOTE[:-9]}%{NOTE[-9:]}", NOTARY.verifier_keys)
    with pytest.raises(CheckpointInvalid):
        VerifierKey.parse(f"{str(key)[:-9]}%{str(key)[-9:]}")


@pytest.mark.parametrize(
    "line",
    ["—  " + "A" * 92, "— witness.example AAAAAA==", f"— hosho.example.jp/log x {'A' * 92}", "— witness.example"],
)
def test_a_signature_line_is_a_dash_a_name_and_more_than_a_key_id(line: str) -> None:
    with pytest.raises(CheckpointInvalid):
        opened(f"{NOTE}{line}\n", NOTARY.verifier_keys)


def test_a_key_is_read_with_the_white_space_around_it_and_only_if_it_is_one() -> None:
    (key,) = NOTARY.verifier_keys
    assert VerifierKey.parse(f" {key}\n") == key
    other_kind = base64.b64encode(b"\x02" + key.public).decode()
    short = VerifierKey("a", b"x" * 31)
    for text in (f"{key.origin}+{key.id.hex()}+{other_kind}", str(short)):
        with pytest.raises(CheckpointInvalid):
            VerifierKey.parse(text)


def test_every_checkpoint_of_a_mail_is_found_once_in_whatever_part_it_stands() -> None:
    later = NOTARY.checkpoint(43, ROOT)
    mail = EmailMessage(policy=SMTP)
    mail.set_content(NOTE, charset="utf-8", cte="8bit")
    mail.add_attachment(later, charset="utf-8", cte="base64", filename="later.txt")
    mail.add_attachment(NOTE.encode(), maintype="application", subtype="octet-stream", filename="again.bin")
    assert notes_in_file(mail.as_bytes()) == [NOTE, later]


def test_a_proof_of_several_hashes_has_a_line_for_each() -> None:
    lines = tlog_proof(7, [EMPTY, ROOT], NOTE).split("\n")
    assert lines[:5] == [
        "c2sp.org/tlog-proof@v1", "index 7", base64.b64encode(EMPTY).decode(), base64.b64encode(ROOT).decode(), "",
    ]  # fmt: skip


def test_a_proof_is_one_text() -> None:
    assert tlog_proof(7, [EMPTY], NOTE) == (
        f"c2sp.org/tlog-proof@v1\nindex 7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n{NOTE}"
    )
