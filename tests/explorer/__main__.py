"""`python -m tests.explorer` serves a demo and uses its explorer in a browser, after `make ide`."""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import zxingcpp
from PIL import Image

from jxc_graphql import ide
from tests.explorer.browser import Browser, Page, browser

SCREENSHOTS = Path(__file__).parent / "screenshots"
TITLE = re.compile(r"^(?:query|mutation|subscription) (\w+)", re.MULTILINE)
READY = "!!globalThis.__MONACO && !!document.querySelector('.graphiql-execute-button')"


def model(name: str) -> str:
    """The JavaScript that is the text of one editor of the page."""
    return f"__MONACO.editor.getModels().find((each) => each.uri.path.endsWith({name!r}))"


def markers(name: str) -> str:
    """The JavaScript that is what an editor has underlined."""
    return f"__MONACO.editor.getModelMarkers({{resource: {model(name)}.uri}}).map((each) => each.message)"


class Elsewhere(BaseHTTPRequestHandler):
    """Another server, which knows no page: that it says so is page enough."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The address that `jxc demo` prints, token included."""
    command = [
        sys.executable,
        "-m",
        "jxc_graphql",
        "demo",
        "--sample",
        "northwind",
        "--port",
        "0",
        "--data-dir",
        str(folder),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("url: "), process.stderr and process.stderr.read()
        yield line.removeprefix("url: ").strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)


@contextmanager
def shown(page: Page, name: str) -> Iterator[None]:
    """Keeps a picture of what went wrong."""
    try:
        yield
    except AssertionError:
        page.screenshot(SCREENSHOTS / f"failure in {name}.png")
        raise


def choose(page: Page, title: str) -> None:
    """Opens a tab of the explorer."""
    page.click(".graphiql-tab-button", title)
    page.wait(f"/(query|mutation|subscription) {title}\\b/.test({model('operation.graphql')}.getValue())")
    time.sleep(1.5)  # GraphiQL reads a text half a second after it changed


def write(page: Page, name: str, text: str) -> None:
    """Replaces the text of an editor."""
    page.ask(f"{model(name)}.setValue({json.dumps(text)})")


def execute(page: Page, operation: str, variables: dict[str, Any], field: str) -> Any:
    """Runs the operation of a tab by the button; what the answer says of a field."""
    choose(page, operation)
    write(page, "variables.json", json.dumps(variables))
    page.click(".graphiql-execute-button")
    answer = f"""(() => {{
      try {{ return JSON.parse({model("response.json")}.getValue()).data[{field!r}] ?? null }} catch {{ return null }}
    }})()"""
    return page.wait(answer)


def sees_the_tabs(window: Browser, address: str) -> Page:
    """The page opens with the example tabs, signed in, takes the token out of the address bar; so it does again."""
    page = window.open(address)
    page.wait(READY)
    page.reload()
    page.wait(READY)
    titles = page.ask("[...document.querySelectorAll('.graphiql-tab-button')].map((each) => each.textContent)")
    assert titles == [TITLE.findall(tab["query"])[0] for tab in ide.tabs()], titles
    assert page.ask("location.href") == address.partition("#")[0]
    assert not page.ask("!!document.querySelector('.sign-in')")
    page.wait(f"{model('variables.json')}.getValue() === {json.dumps(ide.tabs()[0]['variables'])}")
    return page


def runs_a_query(page: Page) -> None:
    """The query of the first tab is answered with what the sample data holds."""
    orders = execute(page, "PurchaseOrders", {"first": 10}, "purchaseOrders")
    assert orders["totalCount"] > len(orders["nodes"]) == 10
    page.screenshot(SCREENSHOTS / "query.png")


def knows_the_schema(page: Page) -> None:
    """The workers of the editors run: every tab is found valid, and a field that does not exist is underlined."""
    for title in ("SalesOrders", "StockLevels", "LowStock", "PurchaseOrders"):
        choose(page, title)
        assert page.ask(markers("operation.graphql")) == [], title
    before = page.ask(f"{model('operation.graphql')}.getValue()")
    write(page, "operation.graphql", "{ purchaseOrdersss { totalCount } }")
    page.wait(f"{markers('operation.graphql')}.some((each) => each.includes('purchaseOrdersss'))")
    write(page, "operation.graphql", before)
    time.sleep(1)


def subscribes(window: Browser, page: Page) -> None:
    """The last tab opens a socket that the server accepts."""
    choose(page, "LowStock")
    page.click(".graphiql-execute-button")
    page.wait("document.querySelector('.graphiql-execute-button').ariaLabel.startsWith('Stop')")
    end = time.monotonic() + 10
    while not any('"connection_ack"' in frame for frame in window.frames):
        assert time.monotonic() < end, "no connection_ack"
        page.ask("1")
    time.sleep(1)  # the subscription itself is not acknowledged by the protocol


def signs_in(window: Browser, address: str) -> Page:
    """Another window, which has no token, asks for one."""
    bare, _, token = address.partition("#token=")
    page = window.open(bare)
    page.wait(READY)
    page.screenshot(SCREENSHOTS / "sign in.png")
    page.click("#token")
    page.type(token)
    page.click(".sign-in button")
    page.wait("!document.querySelector('.sign-in')")
    page.wait(READY)
    return page


def sells(page: Page) -> None:
    """A sales order is drafted and approved by mutations with variables; thirty walnuts are reserved."""
    warehouses = execute(page, "Warehouses", {}, "warehouses")["nodes"]
    warehouse = next(one["id"] for one in warehouses if one["code"] == "MAIN")
    customer = execute(page, "Customers", {"first": 1}, "customers")["nodes"][0]["id"]
    walnuts = execute(page, "SearchSkus", {"first": 1, "search": "walnuts"}, "skus")["nodes"][0]["id"]
    line = {"skuId": walnuts, "quantity": "30", "unitPrice": "23.25"}
    draft = {"customerId": customer, "warehouseId": warehouse, "lines": [line]}
    created = execute(page, "CreateSalesOrder", {"input": draft}, "createSalesOrder")
    assert created["userErrors"] == [], created
    order = {"id": created["salesOrder"]["id"]}
    approved = execute(page, "ApproveSalesOrder", {"input": order}, "approveSalesOrder")
    assert approved["salesOrder"]["status"] == "APPROVED", approved
    page.screenshot(SCREENSHOTS / "mutation.png")


def sees_the_alert(page: Page) -> None:
    """The alert arrives in the first window, which nobody has touched since."""
    text = page.wait(f"{model('response.json')}.getValue()")
    alert = json.loads(text)["data"]["lowStockAlerts"]["alert"]
    assert "walnuts" in alert["sku"]["name"].lower(), alert
    page.screenshot(SCREENSHOTS / "alert.png")


def reads_the_documentation(page: Page) -> None:
    """The documentation lists the fields of a type like an index."""
    page.click('[aria-label="Show Documentation Explorer"]')
    page.click(".graphiql-doc-explorer-type-name", "Query")
    names = page.wait(
        "[...document.querySelectorAll('.graphiql-doc-explorer-field-name')].map((each) => each.textContent)"
    )
    assert len(names) > 50, names
    assert names == sorted(names, key=str.lower), names


def asks_from_another_page(window: Browser, address: str) -> None:
    """A page that another server of this machine shows asks, changes something and opens a socket."""
    here, _, token = address.partition("#token=")
    elsewhere = ThreadingHTTPServer(
        ("127.0.0.1", 0), BaseHTTPRequestHandler
    )  # which knows no page: an empty one is enough
    Thread(target=elsewhere.serve_forever).start()
    try:
        page = window.open(f"http://127.0.0.1:{elsewhere.server_port}/")
        page.wait(f"location.port === '{elsewhere.server_port}'")
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "traceparent": "00-1-1-01"}
        for query in ("{ viewer { locale } }", "mutation { __typename }"):
            sent = json.dumps({"method": "POST", "headers": headers, "body": json.dumps({"query": query})})
            answer = page.ask(f"fetch({here!r}, {sent}).then((answer) => answer.json())")
            assert "errors" not in answer, answer
        opened = page.ask(
            f"""new Promise((done) => {{
              const socket = new WebSocket({here.replace("http", "ws")!r}, "graphql-transport-ws");
              socket.onopen = () => socket.send('{{"type":"connection_init"}}');
              socket.onmessage = ({{ data }}) => done(data);
              socket.onclose = ({{ code, reason }}) => done(`${{code}} ${{reason}}`);
            }})"""
        )
        assert opened == '{"type":"connection_ack"}', opened
    finally:
        elsewhere.shutdown()
        elsewhere.server_close()


def prints(window: Browser, address: str, folder: Path) -> None:
    """A document is printed on the paper of a dot-matrix printer, and the code on it reads as its id."""
    here, _, token = address.partition("#token=")
    with httpx.Client(base_url=here.removesuffix("/graphql"), headers={"authorization": f"Bearer {token}"}) as client:
        asked = {"query": "{ shipments(first: 1) { nodes { id } } }"}
        shipment: str = client.post("/graphql", json=asked).json()["data"]["shipments"]["nodes"][0]["id"]
        answer = client.get(f"/print/{shipment}", params={"paper": "CONTINUOUS_140", "language": "zh-CN"})
    assert answer.status_code == 200, answer.text
    paper = folder / "print.html"
    paper.write_text(answer.text, encoding="utf-8")
    page = window.open(paper.as_uri())
    assert page.wait("document.querySelector('h1')?.textContent") == "送货单"
    page.screenshot(SCREENSHOTS / "print.png")
    found = zxingcpp.read_barcodes(Image.open(SCREENSHOTS / "print.png").convert("L"))
    assert [one.text for one in found] == [shipment], found


def stayed_at_home(window: Browser, address: str) -> None:
    """No page, worker or socket asked another host for anything, and nothing complained."""
    home = address.partition("/graphql")[0]
    allowed = (home, home.replace("http", "ws", 1), "data:", "blob:" + home, "about:")
    assert not [each[:200] for each in window.requested if not each.startswith(allowed)]
    assert not window.complaints, "\n".join(window.complaints)


def main() -> None:
    """Does it all, and prints what it saw."""
    started = time.monotonic()
    assert (ide.BUNDLE / "index.html").is_file(), "make ide first"
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        demo(Path(folder, "data")) as address,
        browser(Path(folder, "profile")) as window,
    ):
        page = sees_the_tabs(window, address)
        with shown(page, "first window"):
            runs_a_query(page)
            reads_the_documentation(page)
            knows_the_schema(page)
            subscribes(window, page)
        other = signs_in(window, address)
        with shown(other, "second window"):
            sells(other)
        with shown(page, "first window"):
            sees_the_alert(page)
        stayed_at_home(window, address)
        asks_from_another_page(window, address)
        prints(window, address, Path(folder))
        requests = sum(not each.startswith("data:") for each in window.requested)
    print(
        f"GraphiQL in Chromium: a query, mutations, a live alert, a print; {requests} requests, 0 to other hosts, "
        f"0 complaints; {time.monotonic() - started:.0f} s; screenshots in {SCREENSHOTS.relative_to(Path.cwd())}"
    )


if __name__ == "__main__":
    main()
