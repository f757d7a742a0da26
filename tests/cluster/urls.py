"""URLs as managed PostgreSQL hands them out: TLS with a certificate of the cluster's own, several hosts, options."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.cluster.pooler import asked
from tests.cluster.shop import QUERY, QUIET, Shop
from tests.keeper import cluster

SPOKEN = """SELECT count(*) FILTER (WHERE ssl), count(*), min(version), min(application_name)
    FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def certificates(folder: Path) -> None:
    """An authority, what it says of 127.0.0.1, and another authority that says nothing of it."""
    folder.mkdir()
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    for name in ("ca", "other"):
        out = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"]
        subprocess.run([*make, *out], cwd=folder, check=True, capture_output=True)
    out = ["-keyout", "server.key", "-out", "server.pem", "-subj", "/CN=server", "-CA", "ca.pem", "-CAkey", "ca.key"]
    alone = ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*make, *out, *alone], cwd=folder, check=True, capture_output=True)
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, "postgres", "postgres")


def urls(folder: Path) -> Iterator[str]:
    """Opens a shop by each of them, or is told in one line why not."""
    certificates(folder / "tls")
    files = [f"ssl_{name}_file={folder}/tls/server.{end}" for name, end in (("cert", "pem"), ("key", "key"))]
    folder.chmod(0o711)
    with cluster(folder / "server", (*QUIET, "ssl=on", *files)) as server:
        root, other = f"sslrootcert={folder}/tls/ca.pem", f"sslrootcert={folder}/tls/other.pem"
        elsewhere = server.url.replace("127.0.0.1", "127.0.0.1:1,127.0.0.1")
        for number, (url, query) in enumerate(
            (
                (server.url, ""),
                (server.url, "sslmode=require"),
                (server.url, f"sslmode=verify-full&{root}"),
                (elsewhere, f"sslmode=verify-full&{root}&target_session_attrs=read-write"),
                (server.url, "sslmode=disable&application_name=till&options=-c%20lock_timeout%3D5000"),
            )
        ):
            name = f"shop{number}"
            asked(server.url, f"CREATE DATABASE {name}")
            whole = f"{url.removesuffix('postgres')}{name}{'?' if query else ''}{query}"
            shop = Shop(folder / name, JXC_DATABASE_URL=whole)
            shop.is_opened()
            with shop.serves() as counter:
                counter.gets(QUERY)
                tls, all_, version, application = asked(server.url.removesuffix("postgres") + name, SPOKEN)
            shown = query.replace(str(folder), "…") or "nothing said"
            yield f"{shown}: {tls} of {all_} connections by {version}, {application!r}"
        for query in (
            f"sslmode=verify-full&{other}",
            "sslmode=verify-full",
            "sslmode=verify-full&sslrootcert=/nowhere.pem",
            "sslmode=required",
            "target_session_attrs=standby",
            "sslmode=require&channel_binding=require",
        ):
            line = Shop(folder / "refused", JXC_DATABASE_URL=f"{server.url}?{query}").refuses("migrate")
            told = line.partition(": ")[2].partition(": ")[2]
            yield f"{query} ⇒ {told}".replace(str(folder), "…")
