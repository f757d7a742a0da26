"""`python -m tests.conformance` runs every check and closes with how many cases passed and failed.

With `tools` it runs only those that read the schema and the documents, such as how much TypeScript is made of them.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from graphql import build_schema

from tests.conformance import server

HERE = Path(__file__).parent
SAMPLE = ("--sample", "northwind")
ROOT = HERE.parent.parent
BUILD = HERE / "build"
NODE_MODULES = HERE / "node_modules" / ".bin"
SCHEMATHESIS = ROOT / ".venv" / "conformance" / "bin" / "schemathesis"
OPERATIONS = ROOT / "schema" / "operations"
OPERATION = re.compile(r"^(?:query|mutation|subscription)\b", re.MULTILINE)
CASE = re.compile(r"^(ok|not ok) - (.*)$", re.MULTILINE)

LINTER_RULES = HERE / "node_modules" / "graphql-schema-linter" / "lib" / "rules"
SORTING = "-sorted-alphabetically"
"""The rules that are off: fields stand as people read them, values as things happen."""

TYPESCRIPT_BYTES = 1_285
"""Most that graphql-codegen may make of an operation in `schema/operations`, on average: 400 kB of the first 311."""

CASES = 2_500
"""Altogether, shared by the root fields, so that a schema that grows takes no longer."""
SECONDS = 900
"""Most that a check may take."""
LOCKS_OUT = ("logout", "deactivateUser", "changePassword", "revokeToken", "setUserRoles")
"""Mutations with which the auditor, sent ids that it has seen, ends its own sign-in."""


class Tally:
    """The cases so far."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def add(self, name: str, passed: int, failures: list[str], since: float, remark: str = "") -> None:
        """Counts a check and prints its figure."""
        self.passed += passed
        self.failed += len(failures)
        print(f"{name}: {passed} of {passed + len(failures)}{remark} ({time.monotonic() - since:.1f} s)", flush=True)
        for failure in failures:
            print(f"    {failure}", flush=True)

    def script(self, name: str, file: str, environment: Mapping[str, str], remark: str = "") -> None:
        """Counts the cases of a script."""
        since = time.monotonic()
        passed, failures = script(file, environment)
        self.add(name, passed, failures, since, remark)

    def tool(self, name: str, command: list[str | Path], environment: Mapping[str, str] | None = None) -> None:
        """Counts a tool that finds nothing, or says what."""
        since = time.monotonic()
        output = run(command, environment or {})
        failures = [] if output.returncode == 0 else [f"{output.stdout}{output.stderr}"]
        figure = re.search(r"compiled documents: .*|\d+ generated, \d+ passed", output.stdout)
        self.add(name, 1 - len(failures), failures, since, f", {figure.group()}" if figure else "")


def run(command: list[str | Path], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What a command says, run where npm put it, or where its schema is."""
    where = ROOT if "eslint" in str(command[0]) else HERE
    settings = os.environ | environment
    try:
        return subprocess.run(
            command, cwd=where, env=settings, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(command, 1, "", f"{late.cmd[0]} had not ended after {SECONDS} s")


def script(file: str, environment: Mapping[str, str]) -> tuple[int, list[str]]:
    """How many cases of a script passed, and which did not."""
    output = run(["node", file], environment)
    cases = CASE.findall(output.stdout)
    failures = [case for verdict, case in cases if verdict == "not ok"]
    if output.returncode and not failures:
        failures = [f"{file} broke off: {output.stderr}"]
    return len([verdict for verdict, _ in cases if verdict == "ok"]), failures


def published() -> None:
    """Writes the forms of the schema that clients take from `jxc schema --format`."""
    shutil.rmtree(BUILD / "relay", ignore_errors=True)  # of what is there already the compiler writes no text
    (BUILD / "relay").mkdir(parents=True)
    (BUILD / "persisted.json").write_text("{}")
    (BUILD / "relay" / "package.json").write_text('{"type": "commonjs"}')  # as the compiler writes
    files = {"json": "schema.json", "possible-types": "possible-types.json", "full-sdl": "schema.graphql"}
    for form, file in files.items():
        command = [*server.JXC, "schema", "--format", form]
        (BUILD / file).write_text(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def clients(tally: Tally, folder: Path) -> None:
    """What talks to a server."""
    with server.stock(folder) as other:
        passed, failures = script("http.mjs", {"JXC_URL": other.url, "JXC_TOKEN": other.token})
        remark = f"; stock Strawberry {passed} of {passed + len(failures)}"
    with server.demo(folder, *SAMPLE) as ours:
        environment = {
            "JXC_URL": ours.url,
            "JXC_TOKEN": ours.token,
            "JXC_POSSIBLE_TYPES": str(BUILD / "possible-types.json"),
        }
        tally.script("graphql-http audits", "http.mjs", environment, remark)
        tally.script("graphql-ws and its protocol", "ws.mjs", environment)
        tally.script("graphql-sse and its protocol", "sse.mjs", environment)
        tally.script("Apollo Client", "apollo.mjs", environment)
        tally.script("urql", "urql.mjs", environment)
        tally.script("Relay", "relay.mjs", environment)
        schemathesis(tally, ours)
    with server.demo(folder, *SAMPLE, workers=2) as ours:
        tally.script("graphql-sse over two processes", "sse.mjs", {"JXC_URL": ours.url, "JXC_TOKEN": ours.token})
    with server.deployed(folder) as ours:
        tally.script("graphql-cop's findings", "attacks.mjs", {"JXC_URL": ours.url, "JXC_TOKEN": ours.token})
    logs = [folder / "demo1.log", folder / "demo2.log", folder / "deployed.log"]
    traces = [f"{log.name}: {log.read_text()[-2000:]}" for log in logs if "Traceback" in log.read_text()]
    tally.add("logs without a traceback", len(logs) - len(traces), traces, time.monotonic())


def schemathesis(tally: Tally, ours: server.Server) -> None:
    """Operations at random, with ids that exist."""
    data = ours.ask(
        "{ skus(first: 3) { nodes { id product { id } } } suppliers(first: 2) { nodes { id } } "
        "customers(first: 2) { nodes { id } } warehouses(first: 1) { nodes { id } } "
        "purchaseOrders(first: 4) { nodes { id lines { id } } } salesOrders(first: 4) { nodes { id lines { id } } } }"
    )
    roots = build_schema((BUILD / "schema.graphql").read_text())
    fields = sum(len(root.fields) for root in (roots.query_type, roots.mutation_type) if root)
    command: list[str | Path] = [SCHEMATHESIS, "run", ours.url, "-H", f"Authorization: Bearer {ours.token}"]
    command += ["--checks", "answered", "--phases", "fuzzing", "-n", str(CASES // fields), "--seed", "1", "--no-shrink"]
    command += ["--continue-on-failure", "--suppress-health-check", "all"]
    command += [word for name in LOCKS_OUT for word in ("--exclude-name", f"Mutation.{name}")]
    environment = {"SCHEMATHESIS_HOOKS": "api_cases", "PYTHONPATH": str(HERE), "JXC_IDS": " ".join(ids(data))}
    tally.tool("schemathesis", command, environment)


def ids(data: object) -> Iterator[str]:
    """Every id in an answer."""
    if isinstance(data, dict):
        yield from (value for key, value in data.items() if key == "id")
        data = list(data.values())
    if isinstance(data, list):
        for each in data:
            yield from ids(each)


def types(tally: Tally) -> None:
    """How much TypeScript is made of the operations."""
    since, made = time.monotonic(), BUILD / "types.ts"
    size = made.stat().st_size if made.exists() else 0
    asked = sum(len(OPERATION.findall(path.read_text())) for path in OPERATIONS.glob("*.graphql"))
    told = f"{size:,} bytes of {asked * TYPESCRIPT_BYTES:,} for {asked} operations"
    failures = [] if 0 < size <= asked * TYPESCRIPT_BYTES else [told]
    tally.add("size of its TypeScript", 1 - len(failures), failures, since, f", {told}")


def tools(tally: Tally) -> None:
    """What reads the schema and the documents."""
    schema = BUILD / "schema.graphql"
    names = [path.stem.replace("_", "-") for path in LINTER_RULES.glob("*.js")]
    rules = [name for name in names if not name.endswith(SORTING)]
    tally.tool("relay-compiler", [NODE_MODULES / "relay-compiler", "relay.config.json"])
    tally.tool("graphql-codegen", [NODE_MODULES / "graphql-codegen", "--config", "codegen.config.mjs"])
    types(tally)
    tally.tool(
        "TypeScript of graphql-codegen",
        [NODE_MODULES / "tsc", "--noEmit", "--strict", "--skipLibCheck", "--lib", "es2022", BUILD / "types.ts"],
    )
    tally.tool(
        "graphql-eslint (schema-all, relay)", [NODE_MODULES / "eslint", "-c", HERE / "eslint.config.mjs", schema]
    )
    tally.tool("graphql-schema-linter", [NODE_MODULES / "graphql-schema-linter", schema, "--rules", ",".join(rules)])


def main() -> None:
    """Runs every check; exit status 1 when a case failed."""
    tally, since = Tally(), time.monotonic()
    published()
    tools(tally)
    if sys.argv[1:] != ["tools"]:
        with tempfile.TemporaryDirectory(prefix="jxc-conformance-") as folder:
            clients(tally, Path(folder))
    print(f"{time.monotonic() - since:.0f} s")
    print(f"{tally.passed} passed, {tally.failed} failed")
    sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
