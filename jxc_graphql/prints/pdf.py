"""Pages as PDF, with the extra `pdf`, each laid out by a process of its own (`layout`).

Hundreds of lines take seconds, during which no other request would be answered; a process can also be ended, and
nothing of a page stays behind.
"""

import asyncio
import sys
from importlib.util import find_spec

from jxc_graphql.gql.wire.request import BadRequest
from jxc_graphql.prints import layout

AT_ONCE = 2
"""Processes that lay pages out; who comes later waits."""
PATIENCE = 60
"""Seconds that a page may take, its turn included; 2,000 lines take half of that."""
_turn = asyncio.Semaphore(AT_ONCE)


async def pdf(page: str, *, width: int, height: int | None) -> bytes:
    """A page as PDF, of so many millimetres unless it says otherwise; no `height`: as long as it has to be.

    Raises `BadRequest` where the extra or a library of the system is missing, and for a page that takes too long.
    """
    if find_spec("weasyprint") is None:
        raise BadRequest(501, "NOT_INSTALLED", "PDF needs the extra: pip install jxc_graphql[pdf]")
    try:
        async with asyncio.timeout(PATIENCE), _turn:
            status, made, said = await _run(page.encode(), str(width), str(height or 0))
    except TimeoutError:
        raise BadRequest(503, "TIMEOUT", f"The page took more than {PATIENCE} seconds.") from None
    if status == layout.MISSING:
        raise BadRequest(501, "NOT_INSTALLED", said.decode(errors="replace"))
    if status:
        raise RuntimeError(said.decode(errors="replace"))
    return made


async def _run(page: bytes, *size: str) -> tuple[int, bytes, bytes]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", layout.__name__, *size, stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        made, said = await process.communicate(page)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, made, said
