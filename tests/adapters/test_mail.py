"""Letters reach a real SMTP server, or it is said plainly why not."""

import email
import email.policy
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from allsquare.adapters.mail import (
    Letter,
    MailNotConfigured,
    MailNotSent,
    MailUrlInvalid,
    MemoryMailer,
    Outbox,
    SmtpMailer,
)

START_S = 30
SENDER = "Allsquare <allsquare@example.org>"
LETTER = Letter("kim@example.org", "Grüße from Allsquare", "Hello Kim,\n\nhttps://example.org/in#abc\n.\n€ 10\n")


@dataclass(frozen=True)
class Post:
    """A mail server and where it puts what it takes."""

    url: str
    folder: Path
    seen: set[Path] = field(default_factory=set)

    def new_letters(self) -> list[email.message.EmailMessage]:
        """Take out what arrived since the last look."""
        files = set((self.folder / "new").glob("*")) - self.seen
        self.seen.update(files)
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


@contextmanager
def smtp_server(*arguments: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_it_listens(process, port)
            yield port
        finally:
            process.kill()


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    pytest.fail("the mail server did not start")


@pytest.fixture(scope="module")
def post(tmp_path_factory) -> Iterator[Post]:
    folder = tmp_path_factory.mktemp("post") / "box"
    with smtp_server("-c", "aiosmtpd.handlers.Mailbox", str(folder)) as port:
        yield Post(f"smtp://127.0.0.1:{port}", folder)


async def test_a_letter_arrives_as_it_was_written(post) -> None:
    await SmtpMailer(post.url, SENDER).send(LETTER)
    [arrived] = post.new_letters()
    assert arrived["To"] == "kim@example.org"
    assert arrived["From"] == SENDER
    assert arrived["Subject"] == LETTER.subject
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Message-ID"].endswith("@example.org>")
    assert arrived["Date"]
    assert arrived.get_content_type() == "text/plain"
    assert arrived.get_content() == LETTER.text


async def test_what_is_posted_arrives_without_being_waited_for(post) -> None:
    outbox = Outbox(SmtpMailer(post.url, SENDER))
    for number in range(10):
        outbox.post(Letter("kim@example.org", f"Number {number}", "Hello"))
    assert post.new_letters() == []
    await outbox.settled()
    assert {letter["Subject"] for letter in post.new_letters()} == {f"Number {number}" for number in range(10)}
    await outbox.close()


async def test_letters_that_wait_still_leave_when_the_outbox_closes(post) -> None:
    outbox = Outbox(SmtpMailer(post.url, SENDER))
    outbox.post(LETTER)
    await outbox.close()
    assert len(post.new_letters()) == 1


@pytest.mark.parametrize(
    "letter",
    [
        Letter("kim@example.org\r\nBcc: all@example.org", "Hello", "Hello"),
        Letter("kim@example.org, pat@example.org", "Hello", "Hello"),
        Letter("kim@example.org", "Hello\r\nBcc: all@example.org", "Hello"),
        Letter("", "Hello", "Hello"),
    ],
)
async def test_a_letter_cannot_name_further_recipients_or_headers(post, letter) -> None:
    with pytest.raises(MailNotSent) as refused:
        await SmtpMailer(post.url, SENDER).send(letter)
    assert refused.value.permanent
    assert "example.org" not in refused.value.detail
    assert post.new_letters() == []


async def test_nobody_listening_is_said_plainly_and_may_be_tried_again() -> None:
    mailer = SmtpMailer(f"smtp://kim:secret-word@127.0.0.1:{free_port()}", SENDER)
    with pytest.raises(MailNotSent, match="no connection could be made") as refused:
        await mailer.send(LETTER)
    assert not refused.value.permanent
    assert "secret-word" not in refused.value.detail
    assert "kim" not in refused.value.detail


async def test_a_server_that_speaks_no_tls_is_said_plainly(post) -> None:
    with pytest.raises(MailNotSent) as refused:
        await SmtpMailer(post.url.replace("smtp://", "smtps://"), SENDER).send(LETTER)
    assert not refused.value.permanent
    assert "encrypted" in refused.value.detail


async def test_a_server_that_takes_no_password_is_said_plainly(post) -> None:
    with pytest.raises(MailNotSent) as refused:
        await SmtpMailer(post.url.replace("smtp://", "smtp://kim:secret-word@"), SENDER).send(LETTER)
    assert refused.value.permanent
    assert "secret-word" not in refused.value.detail


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> list[Path]:
    """Make a key and a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    return [folder / "certificate.pem", folder / "key.pem"]


@pytest.fixture(scope="module", params=["smtp", "smtps"])
def encrypted_post(request, tmp_path_factory, certificate) -> Iterator[Post]:
    """Run a server that takes letters only over an encrypted connection."""
    folder = tmp_path_factory.mktemp("post") / "box"
    option = {"smtp": "tls", "smtps": "smtps"}[request.param]
    files = [f"--{option}cert", str(certificate[0]), f"--{option}key", str(certificate[1])]
    with smtp_server(*files, "-c", "aiosmtpd.handlers.Mailbox", str(folder)) as port:
        yield Post(f"{request.param}://127.0.0.1:{port}", folder)


async def test_a_letter_goes_encrypted_where_that_is_offered(encrypted_post) -> None:
    await SmtpMailer(encrypted_post.url, SENDER).send(LETTER)
    [arrived] = encrypted_post.new_letters()
    assert arrived.get_content() == LETTER.text


async def test_a_certificate_that_nobody_vouches_for_is_good_for_this_machine_alone(encrypted_post) -> None:
    # Another way to write this machine's address, which is not known to be one.
    elsewhere = encrypted_post.url.replace("127.0.0.1", "127.1")
    with pytest.raises(MailNotSent, match="certificate"):
        await SmtpMailer(elsewhere, SENDER).send(LETTER)
    assert encrypted_post.new_letters() == []


async def test_a_password_is_not_sent_unencrypted_to_another_machine(post) -> None:
    elsewhere = post.url.replace("127.0.0.1", "127.1")
    await SmtpMailer(elsewhere, SENDER).send(LETTER)
    assert len(post.new_letters()) == 1
    with pytest.raises(MailNotSent, match="offers no encryption, so the password was not sent") as refused:
        await SmtpMailer(elsewhere.replace("smtp://", "smtp://kim:secret-word@"), SENDER).send(LETTER)
    assert refused.value.permanent
    assert post.new_letters() == []


async def test_a_letter_too_large_is_given_up_at_once_without_telling_to_whom(tmp_path) -> None:
    with smtp_server("-s", "1000", "-c", "aiosmtpd.handlers.Mailbox", str(tmp_path / "box")) as port:
        outbox = Outbox(SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER), retry_after_s=(3600,))
        with structlog.testing.capture_logs() as logs:
            outbox.post(Letter("kim@example.org", "Hello", "Hello" * 1000))
            await outbox.settled()
    assert [(entry["event"], entry["attempts"]) for entry in logs] == [("a letter was given up", 1)]
    assert "kim" not in str(logs)


async def test_a_letter_is_tried_again_until_the_server_is_back(tmp_path) -> None:
    class Failing(MemoryMailer):
        failures = 2

        async def send(self, letter: Letter) -> None:
            if self.failures:
                self.failures -= 1
                raise MailNotSent("not now")
            await super().send(letter)

    mailer = Failing()
    outbox = Outbox(mailer, retry_after_s=(0, 0, 0))
    outbox.post(LETTER)
    await outbox.settled()
    assert mailer.letters == [LETTER]
    mailer.failures = 10
    outbox.post(LETTER)
    await outbox.settled()
    assert (mailer.letters, mailer.failures) == ([LETTER], 6)


async def test_without_a_mail_server_nothing_is_taken() -> None:
    outbox = Outbox(None)
    assert not outbox.configured
    with pytest.raises(MailNotConfigured):
        outbox.post(LETTER)
    await outbox.close()


def test_a_letter_does_not_show_itself_in_logs() -> None:
    assert repr(LETTER) == "Letter(subject='Grüße from Allsquare')"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://host:port",
        "smtp://host:99999",
        "smtp://kim:pass word#@host/",
        "smtp://kim@host",
        "smtp://:secret-word@host",
        "smtp://kim:secret-word@host/folder",
        "smtp://kim:secret-word@host?x=1",
        "smtp://kim:secret-word@[host",
    ],
)
def test_a_url_that_is_none_is_refused_without_being_quoted(url) -> None:
    with pytest.raises(MailUrlInvalid) as refused:
        SmtpMailer(url, SENDER)
    assert refused.value.field == "smtp_url"
    assert "secret-word" not in refused.value.detail


@pytest.mark.parametrize("sender", ["", "Allsquare", "a@b.c, d@e.f", "Allsquare <a@b.c>\r\nBcc: d@e.f", "<>"])
def test_a_sender_that_is_none_is_refused(sender) -> None:
    with pytest.raises(MailUrlInvalid) as refused:
        SmtpMailer("smtp://localhost", sender)
    assert refused.value.field == "mail_from"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("smtp://mail.example.org", "mail.example.org:25"),
        ("smtps://kim:p%40ss@mail.example.org", "mail.example.org:465"),
        ("smtp://[::1]:2525/", "::1:2525"),
    ],
)
def test_a_url_says_where_letters_go(url, place) -> None:
    assert SmtpMailer(url, SENDER).place == place
