"""Pack everything that is kept about a user into a ZIP of JSON files, a page at a time and beside the loop."""

import asyncio
import io
import zipfile

from allsquare.features.identity.accounts.contacts import show_account
from allsquare.features.identity.accounts.store import get_account
from allsquare.features.identity.call import Call
from allsquare.features.privacy import reads
from allsquare.features.privacy.event_files import Names, write_event
from allsquare.features.wire.json import encode_json
from allsquare.pg.transact import snapshot


async def pack(call: Call) -> bytes:
    """Give the ZIP; all of it is of one moment, and events are read one after the other."""
    user_id, services = call.caller.user_id, call.services
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        async with snapshot(services.pool) as connection:
            account = await get_account(connection, user_id)
            await _write(archive, "user.json", show_account(services.vault, account))
            for name, rows in (await reads.list_account(connection, user_id)).items():
                await _write(archive, f"{name}.json", rows)
            names = Names(connection)
            for event in await reads.list_own_events(connection, user_id):
                await write_event(archive, connection, names, event)
    return packed.getvalue()


async def _write(archive: zipfile.ZipFile, name: str, value: object) -> None:
    await asyncio.to_thread(lambda: archive.writestr(name, encode_json(value)))
