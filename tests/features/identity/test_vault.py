"""What is sealed opens in its own place alone, and with its own key alone."""

from uuid import UUID, uuid4

import pytest

from allsquare.features.identity.contact import EmailInvalid, PhoneInvalid, normalise_email, normalise_phone
from allsquare.features.identity.vault import (
    KEY_ID_BYTES,
    NONCE_BYTES,
    Keyring,
    KeyringInvalid,
    SealBroken,
    SealKeyUnknown,
    Vault,
    new_keyring,
    parse_keyring,
    serialise_keyring,
    with_keys_kept,
    with_new_key,
)

PLACE = "user.email"
TEXT = "kim@example.org"
ROW = UUID(int=7)


def test_a_text_opens_as_it_was_sealed() -> None:
    vault = Vault(new_keyring())
    for text in ("", TEXT, "žluťoučký kůň", "x" * 10_000):
        assert vault.open(vault.seal(text, place=PLACE, row=ROW), place=PLACE, row=ROW) == text


def test_a_sealed_text_is_the_key_id_a_nonce_and_the_ciphertext_with_its_tag() -> None:
    keyring = new_keyring()
    sealed = Vault(keyring).seal(TEXT, place=PLACE, row=ROW)
    assert sealed[:KEY_ID_BYTES].hex() == keyring.current
    assert len(sealed) == KEY_ID_BYTES + NONCE_BYTES + len(TEXT) + 16
    assert TEXT.encode() not in sealed


def test_the_same_text_is_never_sealed_the_same_way_twice() -> None:
    vault = Vault(new_keyring())
    assert len({vault.seal(TEXT, place=PLACE, row=ROW) for _ in range(100)}) == 100


@pytest.mark.parametrize(("place", "row"), [("user.phone", ROW), ("ticket.email", ROW), (PLACE, UUID(int=8))])
def test_a_sealed_text_opens_in_no_other_place(place: str, row: UUID) -> None:
    vault = Vault(new_keyring())
    sealed = vault.seal(TEXT, place=PLACE, row=ROW)
    with pytest.raises(SealBroken):
        vault.open(sealed, place=place, row=row)


def test_a_sealed_text_with_any_bit_changed_does_not_open() -> None:
    vault = Vault(new_keyring())
    sealed = vault.seal(TEXT, place=PLACE, row=ROW)
    for position in range(len(sealed)):
        altered = sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
        with pytest.raises((SealBroken, SealKeyUnknown)):
            vault.open(altered, place=PLACE, row=ROW)


@pytest.mark.parametrize("length", [0, 3, 4, 16, 31])
def test_what_is_too_short_is_no_sealed_text(length: int) -> None:
    vault = Vault(new_keyring())
    with pytest.raises(SealBroken):
        vault.open(vault.seal("", place=PLACE, row=ROW)[:length], place=PLACE, row=ROW)


def test_the_key_of_another_instance_does_not_open() -> None:
    sealed = Vault(new_keyring()).seal(TEXT, place=PLACE, row=ROW)
    with pytest.raises(SealKeyUnknown):
        Vault(new_keyring()).open(sealed, place=PLACE, row=ROW)


def test_a_wrong_key_of_the_right_name_does_not_open() -> None:
    keyring = new_keyring()
    sealed = Vault(keyring).seal(TEXT, place=PLACE, row=ROW)
    other = Keyring(keyring.current, {keyring.current: bytes(32)}, keyring.index_key)
    with pytest.raises(SealBroken):
        Vault(other).open(sealed, place=PLACE, row=ROW)


def test_a_new_key_seals_and_the_former_still_opens() -> None:
    former = new_keyring()
    both = with_new_key(former)
    sealed_before = Vault(former).seal(TEXT, place=PLACE, row=ROW)
    sealed_after = Vault(both).seal(TEXT, place=PLACE, row=ROW)
    assert sealed_after[:KEY_ID_BYTES].hex() == both.current != former.current
    assert Vault(both).open(sealed_before, place=PLACE, row=ROW) == TEXT
    only_new = with_keys_kept(both, set())
    assert Vault(only_new).open(sealed_after, place=PLACE, row=ROW) == TEXT
    with pytest.raises(SealKeyUnknown):
        Vault(only_new).open(sealed_before, place=PLACE, row=ROW)


def test_an_unknown_key_makes_the_vault_read_the_keys_once() -> None:
    former = new_keyring()
    both = with_new_key(former)
    kept, reads = [former], []

    def reload() -> Keyring:
        reads.append(1)
        return kept[0]

    vault = Vault(former, reload)
    sealed = Vault(both).seal(TEXT, place=PLACE, row=ROW)
    with pytest.raises(SealKeyUnknown):
        vault.open(sealed, place=PLACE, row=ROW)
    assert len(reads) == 1
    kept[0] = both
    assert vault.open(sealed, place=PLACE, row=ROW) == TEXT
    assert vault.open(sealed, place=PLACE, row=ROW) == TEXT
    assert len(reads) == 2


def test_a_running_vault_seals_with_the_key_that_another_process_made() -> None:
    former = new_keyring()
    both = with_new_key(former)
    sealed = Vault(former, lambda: both).seal(TEXT, place=PLACE, row=ROW)
    assert sealed[:KEY_ID_BYTES].hex() == both.current


def test_the_index_is_the_same_for_the_same_text_whatever_key_seals() -> None:
    keyring = new_keyring()
    index = Vault(keyring).index(TEXT)
    assert len(index) == 32
    assert Vault(with_new_key(keyring)).index(TEXT) == index
    assert Vault(keyring).index(TEXT + " ") != index
    assert Vault(new_keyring()).index(TEXT) != index


def test_a_keyring_is_read_as_it_was_written() -> None:
    keyring = with_new_key(new_keyring())
    assert parse_keyring(serialise_keyring(keyring)) == keyring


def test_a_keyring_never_shows_its_keys() -> None:
    keyring = new_keyring()
    shown = repr(keyring) + str(keyring) + repr([keyring])
    for key in (*keyring.keys.values(), keyring.index_key):
        assert repr(key)[2:-1] not in shown
        assert key.hex() not in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "not json",
        b"\xff",
        '{"current":"00000000","keys":{},"index_key":"' + "A" * 43 + '="}',
        '{"current":"0000000g","keys":{"0000000g":"' + "A" * 43 + '="},"index_key":"' + "A" * 43 + '="}',
        '{"current":"00000000","keys":{"00000000":"AAAA"},"index_key":"' + "A" * 43 + '="}',
        '{"current":"00000000","keys":{"00000000":"' + "A" * 43 + '="},"index_key":"AAAA"}',
        '{"current":"00000000","keys":{"00000000":"' + "A" * 43 + '="},"index_key":"' + "A" * 43 + '=","more":1}',
    ],
)
def test_what_is_no_keyring_is_refused_without_being_quoted(text: str | bytes) -> None:
    with pytest.raises(KeyringInvalid) as refused:
        parse_keyring(text)
    assert "AAAA" not in refused.value.detail


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("kim@example.org", "kim@example.org"),
        ("  Kim.Doe+trip@Example.ORG\n", "kim.doe+trip@example.org"),
        ("kim@bücher.example", "kim@xn--bcher-kva.example"),
        ("zoe\u0308@example.org", "zo\u00eb@example.org"),
        ("o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"),
    ],
)
def test_an_address_has_one_form(text: str, normal: str) -> None:
    assert normalise_email(text) == normal
    assert normalise_email(normal) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kim",
        "@example.org",
        "kim@",
        "kim@example",
        "kim@@example.org",
        "kim doe@example.org",
        "kim@exa mple.org",
        "kim@example.org\nBcc: all@example.org",
        "kim\r\n@example.org",
        "kim@example..org",
        ".kim@example.org",
        "kim.@example.org",
        "kim@-example.org",
        "kim@example.org.",
        "Kim <kim@example.org>",
        '"kim"@example.org',
        "kim,pat@example.org",
        "kim@[127.0.0.1]",
        "kim@127.0.0.1",
        "k" * 65 + "@example.org",
        "kim@" + "a" * 64 + ".org",
        "kim@" + "abcdefgh." * 30 + "org",
        "kim\x00@example.org",
        "kim@stra\u00dfe.example",
        "kim@\u03c3\u03b1\u03c2.example",
        "kim@exam\u200dple.org",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(EmailInvalid) as refused:
        normalise_email(text)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("+4930123456", "+4930123456"),
        (" +49 (0)30 / 123-456 ", "+4930123456"),
        ("0049 30 123456", "+4930123456"),
        ("+1 (415) 555-2671", "+14155552671"),
    ],
)
def test_a_number_has_one_form(text: str, normal: str) -> None:
    assert normalise_phone(text) == normal
    assert normalise_phone(normal) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "030 123456",
        "+0301234567",
        "+123456",
        "+1234567890123456",
        "+49 30 x",
        "+٤٩٣٠١٢٣٤٥٦",
        "++4930123456",
        "+1" * 30,
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(PhoneInvalid) as refused:
        normalise_phone(text)
    assert refused.value.field == "phone"


def test_rows_of_real_ids_do_not_meet() -> None:
    vault, first, second = Vault(new_keyring()), uuid4(), uuid4()
    sealed = vault.seal(TEXT, place=PLACE, row=first)
    assert vault.open(sealed, place=PLACE, row=first) == TEXT
    with pytest.raises(SealBroken):
        vault.open(sealed, place=PLACE, row=second)
