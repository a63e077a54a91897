"""Poor passwords are refused, good ones taken, and what is stored tells nothing."""

import asyncio
import subprocess
import sys

import pytest
from argon2 import PasswordHasher

from allsquare.features.identity.passwords import (
    AT_ONCE,
    PasswordCommon,
    Passwords,
    PasswordTooLong,
    PasswordTooShort,
    check_password,
    recipe_of,
)

KNOWN = ("Kim Example", "kim.example@mail.example.org")
GOOD = "correct horse battery staple"


@pytest.mark.parametrize("password", ["", "a", "x7!Kq-9z2", "ａｂｃ", "e\u0301" * 9])
def test_a_short_password_is_refused(password) -> None:
    with pytest.raises(PasswordTooShort) as refused:
        check_password(password, known=KNOWN)
    assert refused.value.field == "password"


def test_a_long_password_is_refused_from_201_characters_on() -> None:
    words = "".join(chr(ord("a") + (number * number) % 23) for number in range(201))
    check_password(words[:200], known=KNOWN)
    with pytest.raises(PasswordTooLong):
        check_password(words, known=KNOWN)


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "qwertyuiop",
        "QwErTyUiOp",
        "password12",
        "Password123!",
        "!!sunshine!!",
        "Sunshine2024",
        "ｐａｓｓｗｏｒｄ１２３",
        "aaaaaaaaaa",
        "abcabcabcabc",
        "12341234123412",
        "abcdefghij",
        "zyxwvutsrqponm",
        "0987654321",
    ],
)
def test_a_common_password_is_refused(password) -> None:
    with pytest.raises(PasswordCommon) as refused:
        check_password(password, known=())
    assert password not in refused.value.detail


@pytest.mark.parametrize(
    "password",
    [
        "Kim Example",
        "kimexample1",
        "Example-Kim!",
        "exampleexample",
        "kim.example@mail.example.org",
        "Kim.Example2024",
        "allsquare2024",
        "MailExampleOrg",
    ],
)
def test_a_password_made_of_what_others_know_is_refused(password) -> None:
    with pytest.raises(PasswordCommon):
        check_password(password, known=KNOWN)


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "x7!Kq-9z2w",
        "Kim likes long walks",
        "пароль для кошки",
        "19!84?2love73#",
        "sunshine over the sea",
        "🦊🐢🐙🦜🐝🦔🐳🦆🐌🦋",
    ],
)
def test_a_good_password_is_taken(password) -> None:
    check_password(password, known=KNOWN)


def test_knowing_little_of_somebody_refuses_little() -> None:
    check_password("a-b tree frog", known=("", "a", "ab"))


async def test_a_password_is_verified_against_its_hash_alone() -> None:
    passwords = Passwords()
    stored = await passwords.hash(GOOD, address=None)
    assert stored.startswith("$argon2id$v=19$m=65536,")
    assert GOOD not in stored
    assert await passwords.hash(GOOD, address=None) != stored
    assert await passwords.verify(stored, GOOD)
    assert not await passwords.verify(stored, GOOD + " ")
    assert not await passwords.verify(stored, "")
    passwords.close()


async def test_the_same_letters_typed_otherwise_are_the_same_password() -> None:
    passwords = Passwords()
    assert await passwords.verify(await passwords.hash("zo\u00eb loves boats", address=None), "zoe\u0308 loves boats")


async def test_who_claims_one_address_shares_its_salt_and_nobody_else_does() -> None:
    passwords = Passwords()
    here, again = [await passwords.hash(GOOD, address=b"a" * 32) for _ in range(2)]
    assert here == again
    assert await passwords.hash("marble canyon fifteen owls", address=b"a" * 32) != here
    others = {recipe_of(await passwords.hash(GOOD, address=other)) for other in (b"b" * 32, None, None)}
    assert len(others | {recipe_of(here)}) == 4
    assert await passwords.verify(here, GOOD)
    assert "m=65536,t=3,p=4" in here


@pytest.mark.parametrize("stored", ["", "x", "$argon2id$v=19$broken", "$2b$12$abcdefghijklmnopqrstuv"])
async def test_a_broken_hash_lets_nobody_in(stored) -> None:
    assert not await Passwords().verify(stored, GOOD)


async def test_former_parameters_give_the_former_hash() -> None:
    stored = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    passwords = Passwords()
    assert await passwords.verify(stored, GOOD)
    assert await passwords.hash_by(recipe_of(stored), GOOD) == stored
    assert await passwords.hash_by(recipe_of(stored), GOOD + " ") != stored
    assert [await passwords.hash_by(recipe, GOOD) for recipe in ("", "$", "$argon2id$v=19$broken$")] == [""] * 3


async def test_few_are_hashed_at_a_time_even_if_those_who_asked_hang_up() -> None:
    running, most = [], []

    class Watched(PasswordHasher):
        def hash(self, password, *, salt=None):
            running.append(1)
            most.append(len(running))
            answer = super().hash(password)
            running.pop()
            return answer

    passwords = Passwords(Watched(time_cost=1, memory_cost=1024, parallelism=1))
    tasks = [asyncio.create_task(passwords.hash(GOOD, address=None)) for _ in range(30)]
    await asyncio.sleep(0)
    for task in tasks[::3]:
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(answer, str) for answer in answers) == 20
    assert max(most) <= AT_ONCE


def test_the_list_of_common_passwords_is_read_only_when_it_is_needed() -> None:
    program = (
        "import sys; from allsquare.features.identity.passwords import check_password\n"
        "assert not [name for name in sys.modules if 'zxcvbn' in name]\n"
        "check_password('correct horse battery staple', known=())\n"
        "assert 'zxcvbn.frequency_lists' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
