"""Send letters by SMTP, apart from the requests that cause them."""

import asyncio
import re
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, localtime, make_msgid
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib
import structlog

from allsquare.core.errors import InvalidInput, Unavailable

log = structlog.get_logger()

TIMEOUT_S = 20
RETRY_AFTER_S = (2, 15, 60)
CLOSE_S = 5
MAX_WAITING = 1000
MAX_AT_ONCE = 4
_SMTP_PORT = 25
_SMTPS_PORT = 465
_PERMANENT = 500
_ONE_ADDRESS = re.compile(r"(?:(?P<name>[^<>\r\n]*)<(?P<inside>[^<>\s@]+@[^<>\s@]+)>|(?P<bare>[^<>\s@,]+@[^<>\s@,]+))")


class MailUrlInvalid(InvalidInput):
    """The URL of the mail server, or the address mail comes from, cannot be used."""

    code = "mail.url_invalid"
    title = "The mail settings cannot be used"


class MailNotConfigured(Unavailable):
    """No mail server is set, so that no letter can leave."""

    code = "mail.not_configured"
    title = "Mail is not set up"


class MailNotSent(Unavailable):
    """The mail server did not take a letter.

    Shape: `permanent` where sending the same letter again cannot help.
    """

    code = "mail.not_sent"
    title = "The mail could not be sent"
    permanent: bool = False


class MailBacklog(Unavailable):
    """Too many letters wait for the mail server already."""

    code = "mail.backlog"
    title = "Too many letters are waiting"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person, in plain text; its `repr` tells neither to whom nor what."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)


class Mailer(Protocol):
    """Whatever can send a letter."""

    async def send(self, letter: Letter) -> None:
        """Send a letter; raises MailNotSent."""


class MemoryMailer:
    """Keep letters instead of sending them."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def send(self, letter: Letter) -> None:
        """Keep a letter."""
        self.letters.append(letter)


class SmtpMailer:
    """Send letters through a server: smtp://user:password@host:port, with STARTTLS where it is offered, or smtps://.

    Ensures: a password travels encrypted, or to this machine only. Certificates are checked, except on this machine.
    Raises: MailUrlInvalid; no sentence made here ever holds the password.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = _read_url(url)
        self._host = parts.hostname or ""
        self._encrypted = parts.scheme == "smtps"
        self._port = parts.port or (_SMTPS_PORT if self._encrypted else _SMTP_PORT)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = _read_sender(sender)
        self._is_here = _is_this_machine(self._host)

    @property
    def place(self) -> str:
        """Tell where letters go, without the password."""
        return f"{self._host}:{self._port}"

    async def send(self, letter: Letter) -> None:
        """Send a letter; raises MailNotSent."""
        message = self._message_of(letter)
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            timeout=TIMEOUT_S,
            use_tls=self._encrypted,
            start_tls=False if self._encrypted else None,
            validate_certs=not self._is_here,
        )
        try:
            async with client:
                await self._sign_in(client)
                await client.send_message(message)
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError, ValueError) as error:
            raise self._not_sent(error) from error

    async def _sign_in(self, client: aiosmtplib.SMTP) -> None:
        if not self._user:
            return
        if not self._is_here and client.get_transport_info("sslcontext") is None:
            detail = f"The mail server at {self.place} offers no encryption, so the password was not sent to it."
            refused = MailNotSent(detail, field="smtp_url", expected="STARTTLS or smtps://")
            refused.permanent = True
            raise refused
        await client.login(self._user, self._password)

    def _message_of(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        try:
            message["From"] = self._sender
            message["To"] = Address(addr_spec=letter.to)
            message["Subject"] = letter.subject
        except (ValueError, MessageError, IndexError):
            # A line break in a header would begin another header. The words of the error would quote the address.
            refused = MailNotSent("The letter's address or subject cannot be a header of a mail.", field="to")
            refused.permanent = True
            raise refused from None
        message["Date"] = format_datetime(localtime())
        message["Message-ID"] = make_msgid(domain=self._sender.domain)
        # So that nobody's absence note answers it (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    def _not_sent(self, error: Exception) -> MailNotSent:
        # The server's own words may quote the address the letter goes to, so only its numbers are passed on.
        permanent = False
        if isinstance(error, aiosmtplib.SMTPAuthenticationError):
            reason, permanent = f"it refuses the user or the password ({error.code})", error.code >= _PERMANENT
        elif isinstance(error, aiosmtplib.SMTPRecipientsRefused):
            codes = [refused.code for refused in error.recipients]
            reason = f"it refuses the recipient ({', '.join(map(str, codes))})"
            permanent = all(code >= _PERMANENT for code in codes)
        elif isinstance(error, aiosmtplib.SMTPSenderRefused):
            reason, permanent = f"it refuses the sender ({error.code})", error.code >= _PERMANENT
        elif isinstance(error, aiosmtplib.SMTPResponseException):
            reason, permanent = f"it answers {error.code}", error.code >= _PERMANENT
        elif isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
            reason = "no encrypted connection could be made; its certificate may be invalid"
        elif isinstance(error, TimeoutError):
            reason = "it does not answer in time"
        elif isinstance(error, aiosmtplib.SMTPServerDisconnected):
            reason = "it closed the connection"
        elif isinstance(error, aiosmtplib.SMTPConnectError | OSError):
            reason = "no connection could be made"
        else:
            reason, permanent = f"it cannot take this letter ({type(error).__name__})", True
        told = MailNotSent(f"The mail server at {self.place} did not take the letter: {reason}.", actual=self.place)
        told.permanent = permanent
        return told


class Outbox:
    """Send letters in the background, a few at a time, each some more times where that failed.

    Shape: `mailer` is None where no mail is set up. Letters wait in memory: those that wait when the process is killed
        are lost, and whoever waits for one asks again.
    """

    def __init__(self, mailer: Mailer | None, *, retry_after_s: Sequence[int] = RETRY_AFTER_S) -> None:
        self._mailer = mailer
        self._retry_after_s = tuple(retry_after_s)
        self._sending: set[asyncio.Task[None]] = set()
        self._at_once = asyncio.Semaphore(MAX_AT_ONCE)

    @property
    def configured(self) -> bool:
        """Tell whether letters can leave at all."""
        return self._mailer is not None

    def post(self, letter: Letter) -> None:
        """Begin to send a letter; must be called on the event loop, and waits for nothing.

        Raises: MailNotConfigured, MailBacklog.
        """
        if self._mailer is None:
            detail = "This instance has no mail server, so no letter can be sent: hand the link over yourself."
            raise MailNotConfigured(detail, field="smtp_url")
        if len(self._sending) >= MAX_WAITING:
            detail = f"{MAX_WAITING} letters wait for the mail server already. Try again later."
            raise MailBacklog(detail)
        task = asyncio.create_task(self._send(self._mailer, letter), name="letter")
        # The loop itself holds tasks only weakly.
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def settled(self) -> None:
        """Wait until every letter was sent or given up."""
        while self._sending:
            await asyncio.wait(self._sending)

    async def close(self) -> None:
        """Give waiting letters a moment to leave, and stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.settled(), CLOSE_S)
        left = list(self._sending)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
            log.warning("letters were not sent before the end", letters=len(left))

    async def _send(self, mailer: Mailer, letter: Letter) -> None:
        """Send a letter, or give it up; never tells to whom it was."""
        for attempt, pause_s in enumerate((*self._retry_after_s, None), 1):
            try:
                async with self._at_once:
                    await mailer.send(letter)
            except MailNotSent as error:
                if error.permanent or pause_s is None:
                    log.error("a letter was given up", reason=error.detail, attempts=attempt)  # noqa: TRY400
                    return
                log.warning("a letter was not sent, and will be tried again", reason=error.detail, after_s=pause_s)
                await asyncio.sleep(pause_s)
            else:
                return


def _read_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _url_invalid("it cannot be understood") from None
    if parts.scheme not in {"smtp", "smtps"}:
        raise _url_invalid("it starts with smtp:// or smtps://")
    if not parts.hostname:
        raise _url_invalid("it names no host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise _url_invalid("nothing may follow host and port")
    if bool(parts.username) != bool(parts.password):
        raise _url_invalid("a user needs a password, and a password a user")
    return parts


def _url_invalid(reason: str) -> MailUrlInvalid:
    expected = "smtp://user:password@host:port"
    detail = f"The URL of the mail server is not such as {expected}: {reason}."
    return MailUrlInvalid(detail, field="smtp_url", expected=expected)


def _read_sender(text: str) -> Address:
    match = _ONE_ADDRESS.fullmatch(text.strip())
    if match is not None:
        with suppress(ValueError, MessageError, IndexError):
            return Address(
                display_name=(match["name"] or "").strip().strip('"'), addr_spec=match["inside"] or match["bare"]
            )
    detail = "The address mail comes from is not such as Allsquare <allsquare@example.org>."
    raise MailUrlInvalid(detail, field="mail_from", expected="one e-mail address")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False
