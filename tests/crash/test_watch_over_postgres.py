"""The application's watch over its PostgreSQL lives as long as the application, and ends with it in good order."""

from tests.crash.load import Client, Load
from tests.crash.service import Service

STATE = "server.json"


async def test_the_watch_outlives_a_data_directory_that_cannot_be_read_for_a_moment(
    service: Service, client: Client
) -> None:
    books = await client.open_books("watch")
    state = service.data_dir / STATE
    whole = state.read_bytes()
    written = len(service.words())
    try:
        state.write_bytes(b"half a sta")
        await service.wait_for_words("cannot be looked after", after=written)
    finally:
        state.write_bytes(whole)
    load = Load(client, books, clients=2, seed="watch")
    load.start()
    await load.wait_for(5)
    service.kill_postmaster()
    await load.wait_for(5)
    await load.stop()
    assert books.faults == [], service.last_words()


async def test_a_service_that_is_told_to_stop_while_postgres_is_dead_leaves_nothing_behind(
    service: Service, client: Client
) -> None:
    service.kill_all_of_postgres()
    assert service.stop() == 0
    assert service.postmaster() is None
