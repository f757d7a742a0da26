"""Sign-ins over HTTP from addresses of one's choice, and the attack of `doors`: guesses at a steady rate.

As a program: reads nothing, guesses at a port under one user name or many until its time is over, and prints how many
guesses were sent and what became of them.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

ADDRESSES, PER_SECOND = 50, 250
PATIENCE_SECONDS = 30
LOGIN = """mutation($input: LoginInput!) { login(input: $input) {
    token deviceToken userErrors { code ... on LimitError { retryAfterSeconds } } } }"""


async def sign_in(port: int, address: str, username: str, password: str, device: str | None = None) -> dict[str, Any]:
    """What a sign-in from an address is told; `{}` where there was no answer."""
    given = {"username": username, "password": password, "deviceToken": device}
    body = json.dumps({"query": LOGIN, "variables": {"input": given}}).encode()
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        _, _, text = (await reader.read()).partition(b"\r\n\r\n")
        answer = json.loads(text)
    except (OSError, ValueError):
        return {}
    finally:
        writer.close()
    told: dict[str, Any] = (answer.get("data") or {}).get("login") or {
        "userErrors": [answer["errors"][0]["extensions"]]
    }
    return told


async def _guess(port: int, number: int, username: str, told: Counter[str]) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await sign_in(port, f"127.0.1.{number % ADDRESSES + 1}", username, "wrong horse")
    except (OSError, TimeoutError):
        answer = {}
    told[answer["userErrors"][0]["code"] if answer.get("userErrors") else "NO_ANSWER"] += 1


async def attack(port: int, username: str, seconds: float) -> Counter[str]:
    """What so many guesses a second were told; without a user name each is under another one."""
    told: Counter[str] = Counter()
    began, number = time.monotonic(), 0
    async with asyncio.TaskGroup() as tasks:
        while number < seconds * PER_SECOND:
            tasks.create_task(_guess(port, number, username or f"user{number}", told))
            number += 1
            await asyncio.sleep(max(began + number / PER_SECOND - time.monotonic(), 0))
    return told


if __name__ == "__main__":
    print(json.dumps(asyncio.run(attack(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))))
