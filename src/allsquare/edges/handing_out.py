"""Open what request handlers are given: the books, and everything about accounts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from allsquare.adapters.mail import Outbox, SmtpMailer
from allsquare.edges.runtime import Database, open_books
from allsquare.features.identity.options import PeopleSettings
from allsquare.features.identity.parts import Parts
from allsquare.features.identity.services import Services
from allsquare.features.identity.vault import Vault, new_keyring

DEFAULT_SENDER = "Allsquare <allsquare@localhost>"
NOTHING_SPECIAL = PeopleSettings()


@asynccontextmanager
async def open_services(
    database: Database, people: PeopleSettings = NOTHING_SPECIAL, vault: Vault | None = None
) -> AsyncIterator[Services]:
    """Open what request handlers are given.

    Shape: without a `vault` what is sealed can only be opened by this process.
    Raises: what `open_books` raises, MailUrlInvalid, SealKeyUnknown.
    """
    mailer = SmtpMailer(people.smtp_url, people.mail_from or DEFAULT_SENDER) if people.smtp_url else None
    async with open_books(database) as books:
        parts = Parts(books.pool, vault=vault or Vault(new_keyring()), people=people, outbox=Outbox(mailer))
        services = Services(books.pool, books.poster, books.feed, parts)
        try:
            await parts.ready()
            yield services
        finally:
            await services.close()
