import base64
from email.message import EmailMessage
from email.policy import SMTP

import pytest
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


def test_a_proof_is_one_text() -> None:
    assert tlog_proof(7, [EMPTY], NOTE) == (
        f"c2sp.org/tlog-proof@v1\nindex 7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n{NOTE}"
    )
