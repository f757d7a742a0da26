"""What the server does for the explorer, built or not; `make explore` uses it in a browser."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from graphql import (
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    print_ast,
    validate,
)
from graphql.execution.values import get_variable_values
from starlette.applications import Starlette

from jxc_graphql import ide
from jxc_graphql.app import build_app
from jxc_graphql.kit.settings import Settings
from tests.operations import FOLDER
from tests.patience import SECONDS

ROOT = FOLDER.parent.parent
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
TABS = sorted((ide.HERE / "tabs").glob("*.graphql"))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """What `make ide` makes, in small."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "explorer-ABC.js").write_text("export {};")
    (tmp_path / "files" / "explorer-ABC.css").write_text("body {}")
    (tmp_path / "files" / "explorer-ABC.js.LEGAL.txt").write_text("MIT")
    (tmp_path / "index.html").write_text('<script type="application/json" id="tabs">[]</script>')
    return tmp_path


@pytest.fixture
async def files(bundle: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=[ide.files(bundle)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((FOLDER.parent / "schema.graphql").read_text())


def test_a_built_page_needs_nothing_but_this_server(bundle: Path) -> None:
    page = ide.page(bundle)
    policy = dict(each.strip().split(" ", 1) for each in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["worker-src"] == policy["connect-src"] == "'self'"
    assert "http" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["vary"] == "Accept"


def test_a_page_that_was_not_built_says_so_and_trusts_one_script(tmp_path: Path) -> None:
    page = ide.page(tmp_path)
    text = bytes(page.body).decode()
    assert "make ide" in text
    [script] = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert f"script-src {ide.CDN} 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none'")
    loaded = re.findall(r"<(?:script|link)[^>]*https:[^>]*>", text)
    assert len(loaded) == 5
    assert all(f'"{ide.CDN}/' in each and 'integrity="sha384-' in each for each in loaded)


def test_the_page_carries_the_tabs(bundle: Path) -> None:
    text = bytes(ide.page(bundle).body).decode()
    [shown] = re.findall(r'<script type="application/json" id="tabs">(.*?)</script>', text, re.DOTALL)
    assert "<" not in shown
    assert json.loads(shown) == ide.tabs()


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("explorer-ABC.js", "text/javascript; charset=utf-8"),
        ("explorer-ABC.css", "text/css; charset=utf-8"),
        ("explorer-ABC.js.LEGAL.txt", "text/plain; charset=utf-8"),
    ],
)
async def test_files_are_kept_for_a_year(files: httpx.AsyncClient, name: str, media: str) -> None:
    file = await files.get(f"/graphql/ide/{name}")
    assert (file.status_code, file.headers["content-type"]) == (200, media)
    assert file.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nothing.js",
        "index.html",
        "../index.html",
        "%2e%2e/index.html",
        "..%2findex.html",
        "..%5cindex.html",
        "files/explorer-ABC.js",
        "explorer-ABC.js%00.css",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/etc/passwd",
    ],
)
async def test_no_path_leads_out_of_the_bundle(files: httpx.AsyncClient, path: str) -> None:
    assert (await files.get(f"/graphql/ide/{path}")).status_code == 404


async def test_the_explorer_is_a_setting() -> None:
    for settings, statuses in ((Settings(), {400, 404}), (Settings(graphiql=True), {200})):
        transport = httpx.ASGITransport(build_app(settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answers = [await client.get("/graphql", headers=BROWSER) for _ in range(2)]
            answers += [await client.get(f"/graphql/ide/{path.name}") for path in ide.BUNDLE.glob("files/*")]
            assert {each.status_code for each in answers} <= statuses
            assert all(each.headers["x-content-type-options"] == "nosniff" for each in answers)
            assert all("default-src 'none'" in each.headers["content-security-policy"] for each in answers)


@pytest.mark.parametrize("path", TABS, ids=lambda path: path.stem)
def test_a_tab_is_made_of_documents_that_clients_send(path: Path, schema: GraphQLSchema) -> None:
    sent = {
        print_ast(definition) for each in FOLDER.glob("*.graphql") for definition in parse(each.read_text()).definitions
    }
    document = parse(path.read_text())
    assert validate(schema, document) == []
    others = [
        each.name.value
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode | FragmentDefinitionNode) and each.name
        if print_ast(each) not in sent
    ]
    assert not others, f"copy these from schema/operations to {path.name}"


@pytest.mark.parametrize("path", TABS, ids=lambda path: path.stem)
def test_every_operation_of_a_tab_file_has_variables_of_its_own(path: Path, schema: GraphQLSchema) -> None:
    variables = json.loads(path.with_suffix(".json").read_text())
    operations = [each for each in parse(path.read_text()).definitions if isinstance(each, OperationDefinitionNode)]
    assert [each.name.value for each in operations if each.name] == list(variables)
    for each, own in zip(operations, variables.values(), strict=True):
        assert own.keys() <= {one.variable.name.value for one in each.variable_definitions or ()}
        problems = get_variable_values(schema, each.variable_definitions or (), own)
        assert not isinstance(problems, list), problems


def test_a_tab_is_one_operation_with_all_that_it_needs(schema: GraphQLSchema) -> None:
    names = []
    for tab in ide.tabs():
        document = parse(tab["query"])
        assert validate(schema, document) == []
        [operation] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        assert operation == document.definitions[0]
        names.append(operation.name)
    assert len(names) == len({each.value for each in names if each})


async def test_a_server_that_runs_shows_what_was_built_meanwhile(bundle: Path, files: httpx.AsyncClient) -> None:
    before = ide.page(bundle)
    assert (await files.get("/graphql/ide/explorer-ABC.js")).status_code == 200
    (bundle / "files" / "explorer-ABC.js").rename(bundle / "files" / "explorer-DEF.js")
    (bundle / "index.html").write_text("<p>another one</p>")
    os.utime(bundle / "index.html", ns=(1, 1))
    assert before.body != ide.page(bundle).body == b"<p>another one</p>"
    assert (await files.get("/graphql/ide/explorer-ABC.js")).status_code == 404
    assert (await files.get("/graphql/ide/explorer-DEF.js")).status_code == 200
    (bundle / "index.html").unlink()
    assert b"make ide" in ide.page(bundle).body


TOLD_TO_HATCH = ("pyproject.toml", "README.md", "LICENSE")
NPM = """#!/bin/sh
[ "$1" = ci ] || { mkdir -p dist/files && echo page > dist/index.html && echo script > dist/files/explorer-ABC.js; }
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """What a wheel is made of, without what was built."""
    notices = "jxc_graphql/exchange/northwind_2007/NOTICE"
    command = ["git", "ls-files", *TOLD_TO_HATCH, notices, "jxc_graphql/__init__.py", "jxc_graphql/ide"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in listing.splitlines():
        (tmp_path / "sources" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "sources" / name)
    return tmp_path / "sources"


def wheel_of(sources: Path, path: str) -> tuple[set[str], str]:
    """What is packed of the explorer, and what its maker is told."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", sources.parent],
        cwd=sources, env=os.environ | {"PATH": path}, check=True, timeout=SECONDS, capture_output=True, text=True,
    )  # fmt: skip
    [wheel] = sources.parent.glob("*.whl")
    packed = {name.removeprefix("jxc_graphql/ide/") for name in zipfile.ZipFile(wheel).namelist()}
    assert {"cdn.html", "tabs/4-alerts.json"} <= packed
    assert not {name for name in packed if "node_modules" in name}
    return packed, done.stdout + done.stderr


def test_a_wheel_has_the_explorer_built(sources: Path) -> None:
    npm = sources.parent / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(NPM)
    npm.chmod(0o755)
    packed, _ = wheel_of(sources, f"{npm.parent}:/bin:/usr/bin")
    assert {"dist/index.html", "dist/files/explorer-ABC.js"} <= packed


def test_whoever_makes_a_wheel_without_node_is_told_what_it_lacks(sources: Path) -> None:
    packed, told = wheel_of(sources, "")
    assert "dist/index.html" not in packed
    assert "The explorer is not built" in told


def test_a_wheel_of_what_was_built_needs_no_node(sources: Path) -> None:
    (sources / "jxc_graphql" / "ide" / "dist").mkdir()
    (sources / "jxc_graphql" / "ide" / "dist" / "index.html").write_text("page")
    assert "dist/index.html" in wheel_of(sources, "")[0]
