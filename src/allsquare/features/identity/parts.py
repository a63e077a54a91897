"""Hold what accounts need beside the database: keys, passwords, signatures, limits, mail."""

from allsquare.adapters.mail import Outbox
from allsquare.features.identity.limits import Limits
from allsquare.features.identity.options import PeopleSettings
from allsquare.features.identity.passwords import Passwords
from allsquare.features.identity.signing import Signer
from allsquare.features.identity.vault import Vault
from allsquare.pg.borrow import Pool


class Parts:
    """What is made once for a process."""

    def __init__(self, pool: Pool, *, vault: Vault, people: PeopleSettings, outbox: Outbox) -> None:
        """Make the rest of it as the settings say."""
        self.vault = vault
        self.people = people
        self.mail = outbox
        self.passwords = Passwords()
        self.signer = Signer(pool, vault)
        self.limits = Limits(people.redis_url, people.request_limit, factor=people.limit_factor)

    async def ready(self) -> None:
        """Refuse to begin with keys that are not this database's; raises SealKeyUnknown."""
        await self.signer.ready()

    async def close(self) -> None:
        """Let go of threads and letters."""
        self.passwords.close()
        await self.limits.close()
        await self.mail.close()
