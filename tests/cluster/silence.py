"""A database that falls silent: bytes stop, nobody hangs up, and later they come again."""

import asyncio
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.shop import CATEGORY, QUERY, QUIET, Counter, Shop
from tests.keeper import cluster
from tests.patience import SECONDS
from tests.silence import Way, way

DEADLINE = 4


@contextmanager
def carried(url: str) -> Iterator[tuple[Way, asyncio.AbstractEventLoop]]:
    """A way to the server, on a thread of its own."""
    loop, ready, over, made = asyncio.new_event_loop(), threading.Event(), asyncio.Event(), []

    async def carry() -> None:
        async with way(url) as opened:
            made.append(opened)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(carry(),))
    thread.start()
    ready.wait()
    try:
        yield made[0], loop
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def silence(folder: Path) -> Iterator[str]:
    """Asks, writes, looks whether it is ready and stops, while the database says nothing."""
    with cluster(folder / "server", QUIET) as server, carried(server.url) as (path, loop):
        shop = Shop(folder / "shop", JXC_DATABASE_URL=path.url, JXC_DEADLINE=str(DEADLINE), JXC_POOL_SIZE="4")
        shop.is_opened()
        with shop.serves() as counter:
            counter.gets(QUERY)
            loop.call_soon_threadsafe(path.fall_silent)
            yield from _asked(counter)
            loop.call_soon_threadsafe(path.speak)
            began = time.monotonic()
            while counter.is_ready()[1] != 200:
                assert time.monotonic() - began < SECONDS
                time.sleep(0.1)
            seconds = time.monotonic() - began
            counter.gets(QUERY)
            counter.gets(CATEGORY, code="again")
            yield f"ready {seconds:.1f} s after it speaks again, without a restart"
            loop.call_soon_threadsafe(path.fall_silent)
            began = time.monotonic()
            code, _ = counter.server.stop(signal.SIGTERM)
            yield f"SIGTERM in silence: ended with {code} after {time.monotonic() - began:.1f} s"
            assert code == 0


def _asked(counter: Counter) -> Iterator[str]:
    with ThreadPoolExecutor(40) as crowd:
        ready = crowd.submit(counter.is_ready)
        asked = [crowd.submit(counter.timed, QUERY) for _ in range(18)]
        asked += [crowd.submit(counter.timed, CATEGORY, code=str(number)) for number in range(18)]
        answers = [one.result() for one in asked]
    for name, some in (("queries", answers[:18]), ("mutations", answers[18:])):
        seconds = sorted(one[0] for one in some)
        codes = {one[1:] for one in some}
        assert codes == {(503, "UNAVAILABLE")}, codes
        yield f"18 {name} at once: 503 UNAVAILABLE after {seconds[0]:.1f} to {seconds[-1]:.1f} s of {DEADLINE}"
    took, status = ready.result()
    assert status == 503
    yield f"/readyz: {status} after {took:.1f} s, later after {counter.is_ready()[0]:.1f} s"
    message = counter.asks(CATEGORY, code="x").json()["errors"][0]["message"]
    assert "same idempotency key" in message
    yield message
