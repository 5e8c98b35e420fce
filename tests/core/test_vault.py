import hmac
import re
import unicodedata

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import example, given
from hypothesis import strategies as st

from denshi_hosho.core.errors import SealBroken
from denshi_hosho.core.vault import ALPHABET, LENGTH, Sealed, Vault, new_key, typed

NUMBER, OTHER, KEY = "1070000473", "1070200236", "K5VL4+5QG_KJ"
OLD, NEW = {"old": b"o" * 32}, {"new": b"n" * 32}
KEYS = st.text(st.sampled_from(ALPHABET), min_size=LENGTH, max_size=LENGTH)


@pytest.fixture
def vault() -> Vault:
    return Vault(OLD, OLD)


def unseal(vault: Vault, number: str, sealed: Sealed) -> str:
    return vault.unseal(number, sealed.sealed, sealed.sealed_with)


def test_what_was_sealed_is_opened_and_fits(vault: Vault) -> None:
    sealed = vault.seal(NUMBER, KEY)
    assert unseal(vault, NUMBER, sealed) == KEY
    assert vault.fits(NUMBER, KEY, sealed.mac, sealed.mac_with) is True
    assert (sealed.sealed_with, sealed.mac_with, len(sealed.mac)) == ("old", "old", 32)


def test_no_two_boxes_are_alike_and_none_shows_its_key(vault: Vault) -> None:
    boxes = [vault.seal(NUMBER, KEY) for _ in range(100)]
    assert len({each.sealed for each in boxes}) == 100
    assert all(KEY.encode() not in each.sealed and KEY.encode() not in each.mac for each in boxes)


def test_a_row_swapped_with_another_one_opens_nothing(vault: Vault) -> None:
    theirs = vault.seal(OTHER, KEY)
    with pytest.raises(SealBroken) as caught:
        unseal(vault, NUMBER, theirs)
    assert caught.value.code == "SEAL_BROKEN"
    assert NUMBER in caught.value.ja
    assert KEY not in f"{caught.value}{caught.value.ja}{caught.value.en}"
    assert vault.fits(NUMBER, KEY, theirs.mac, theirs.mac_with) is False


def test_every_altered_byte_and_every_cut_is_noticed(vault: Vault) -> None:
    box = vault.seal(NUMBER, KEY).sealed
    altered = [box[:at] + bytes([box[at] ^ 1]) + box[at + 1 :] for at in range(len(box))]
    for each in (*altered, *(box[:end] for end in range(len(box))), box + b"\0"):
        with pytest.raises(SealBroken):
            vault.unseal(NUMBER, each, "old")


def test_a_box_under_a_secret_that_is_gone_is_broken_and_the_secret_is_told_to_the_operator(vault: Vault) -> None:
    with pytest.raises(SealBroken) as caught:
        vault.unseal(NUMBER, vault.seal(NUMBER, KEY).sealed, "gone")
    assert "gone" not in caught.value.en + caught.value.ja
    assert vault.lacks(["old", "gone"], ["lost"]) == ["gone", "lost"]
    assert vault.lacks("dbca", "hefg") == list("abcdefgh")


def test_another_secret_under_the_same_name_opens_nothing(vault: Vault) -> None:
    sealed = vault.seal(NUMBER, KEY)
    other = Vault({"old": b"x" * 32}, {"old": b"x" * 32})
    with pytest.raises(SealBroken):
        unseal(other, NUMBER, sealed)
    assert other.fits(NUMBER, KEY, sealed.mac, sealed.mac_with) is False


def test_after_a_rotation_of_secrets_old_keys_still_open_and_new_ones_use_the_new(vault: Vault) -> None:
    before = vault.seal(NUMBER, KEY)
    rotated = Vault({**NEW, **OLD}, {**NEW, **OLD})
    after = rotated.seal(OTHER, KEY)
    assert (after.sealed_with, after.mac_with) == ("new", "new")
    for number, sealed in ((NUMBER, before), (OTHER, after)):
        assert unseal(rotated, number, sealed) == KEY
        assert rotated.fits(number, KEY, sealed.mac, sealed.mac_with) is True
    alone = Vault(NEW, NEW)
    with pytest.raises(SealBroken):
        unseal(alone, NUMBER, before)
    assert alone.fits(NUMBER, KEY, before.mac, before.mac_with) is False


def test_sealing_and_checking_use_two_secrets() -> None:
    vault = Vault(OLD, NEW)
    sealed = vault.seal(NUMBER, KEY)
    assert (sealed.sealed_with, sealed.mac_with) == ("old", "new")
    assert vault.fits(NUMBER, KEY, sealed.mac, "new") is True
    assert Vault(NEW, OLD).fits(NUMBER, KEY, sealed.mac, "new") is False


def test_without_a_row_nothing_fits(vault: Vault) -> None:
    assert vault.fits(NUMBER, KEY, None, None) is False
    assert vault.fits(NUMBER, "", None, "old") is False
    assert vault.fits(NUMBER, KEY, b"", "old") is False
    assert vault.fits(NUMBER, KEY, bytes(32), "old") is False


def test_without_a_row_the_same_bytes_are_compared_and_even_a_right_guess_of_the_dummy_is_none(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bytes] = []

    def equal(_expected: bytes, kept: bytes) -> bool:
        compared.append(kept)
        return True

    monkeypatch.setattr(hmac, "compare_digest", equal)
    assert vault.fits(NUMBER, KEY, None, None) is False
    assert compared == [bytes(32)]
    assert vault.fits(NUMBER, KEY, b"m" * 32, "old") is True


def test_a_box_and_a_mac_are_what_they_are_documented_to_be(vault: Vault) -> None:
    sealed = vault.seal(NUMBER, KEY)
    secret = OLD["old"]
    assert AESGCM(secret).decrypt(sealed.sealed[:12], sealed.sealed[12:], NUMBER.encode()) == KEY.encode()
    assert sealed.mac == hmac.digest(secret, f"{NUMBER}\0{KEY}".encode(), "sha256")


def test_without_a_row_the_same_work_is_done(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(len(one) + len(other))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    row = vault.seal(NUMBER, KEY)
    assert not vault.fits(NUMBER, KEY, row.mac, row.mac_with)
    assert not vault.fits(NUMBER, KEY, None, None)
    assert compared == [64, 64]


@given(KEYS, KEYS)
def test_only_the_key_itself_fits(key: str, other: str) -> None:
    vault = Vault(OLD, OLD)
    sealed = vault.seal(NUMBER, key)
    assert vault.fits(NUMBER, other, sealed.mac, sealed.mac_with) is (key == other)


@given(st.text(st.characters()), st.text(st.characters()))
@example("1070000473", "\ud800")
@example("\ud800", "\0")
def test_no_text_is_too_odd_to_be_checked(number: str, key: str) -> None:
    vault = Vault(OLD, OLD)
    assert vault.fits(number, typed(key), None, None) is False


def test_number_and_key_cannot_be_cut_elsewhere(vault: Vault) -> None:
    sealed = vault.seal(NUMBER, KEY)
    assert vault.fits(NUMBER[:-1], NUMBER[-1] + KEY, sealed.mac, sealed.mac_with) is False


def test_a_new_key_has_twelve_symbols_of_the_alphabet() -> None:
    keys = {new_key() for _ in range(500)}
    assert len(keys) == 500
    assert {len(key) for key in keys} == {12}
    assert set("".join(keys)) == set(ALPHABET)


def test_the_alphabet_leaves_out_what_is_read_wrongly() -> None:
    assert ALPHABET == "ABCDEFGHJKLMNPQRSTUVWXYZ23456789+_"
    assert len(ALPHABET) == len(set(ALPHABET)) == 34
    assert not set("01IO") & set(ALPHABET)
    assert set(KEY) <= set(ALPHABET)


def wide(symbol: str) -> str:
    return chr(ord(symbol) + 0xFEE0)


@given(KEYS, st.data())
def test_a_key_typed_in_any_spelling_is_the_key(key: str, data: st.DataObject) -> None:
    written = []
    for symbol in key:
        spellings = [symbol, symbol.lower(), wide(symbol), wide(symbol.lower())]
        written.append(data.draw(st.sampled_from(spellings)) + data.draw(st.text(" -\u3000－‐‑–—―−ー\t\n", max_size=2)))
    assert typed("".join(written)) == key


@given(st.text())
def test_what_was_read_is_read_the_same_again(text: str) -> None:
    once = typed(text)
    if unicodedata.is_normalized("NFKC", once):  # capitals of a few foreign letters are not
        assert typed(once) == once
    assert not re.search(r"[\s-]", once)


def test_what_is_part_of_a_key_is_not_dropped() -> None:
    assert typed("+_") == "+_"
    assert typed("＋＿") == "+_"
    assert typed("0O1I") == "0O1I"


def test_a_webhooks_secret_is_sealed_for_its_row_alone() -> None:
    vault, secret = Vault(OLD | NEW, OLD), b"w" * 32
    sealed, sealed_with = vault.seal_secret(7, secret)
    assert sealed_with == "old"
    assert secret not in sealed
    assert (vault.unseal_secret(7, sealed, sealed_with), len(sealed)) == (secret, 12 + 32 + 16)
    assert AESGCM(OLD["old"]).decrypt(sealed[:12], sealed[12:], b"webhook 7") == secret
    assert vault.seal_secret(7, secret)[0] != sealed
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for number, box, name in (
        (8, sealed, "old"),
        (7, altered, "old"),
        (7, sealed, "new"),
        (7, sealed, "gone"),
        (7, b"", "old"),
    ):
        with pytest.raises(SealBroken, match="of this webhook cannot be opened"):
            vault.unseal_secret(number, box, name)


def test_the_newest_secrets_are_those_that_come_first() -> None:
    assert Vault(NEW | OLD, OLD | NEW).newest == ("new", "old")
