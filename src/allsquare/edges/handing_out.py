"""Open what request handlers are given: the books, and everything about accounts."""

from collections.abc import AsyncIterator, Callable
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
    database: Database,
    people: PeopleSettings = NOTHING_SPECIAL,
    open_vault: Callable[[], Vault] = lambda: Vault(new_keyring()),
) -> AsyncIterator[Services]:
    """Open what request handlers are given.

    Shape: `open_vault` is called once the database is open; without it only this process opens what is sealed.
    Raises: what `open_books` raises, MailUrlInvalid, SealKeyUnknown.
    """
    mailer = SmtpMailer(people.smtp_url, people.mail_from or DEFAULT_SENDER) if people.smtp_url else None
    async with open_books(database) as books:
        parts = Parts(books.pool, vault=open_vault(), people=people, outbox=Outbox(mailer))
        services = Services(books.pool, books.poster, books.feed, parts)
        try:
            await parts.ready()
            yield services
        finally:
            await services.close()
