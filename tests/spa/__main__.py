"""`python -m tests.spa` builds the application, serves it before a demo, and uses its screens in a browser.

Each step says how many requests it may take; one more, another host or a complaint of the browser, and the run fails.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conformance import server
from tests.explorer.browser import Browser, Page, browser

HERE = Path(__file__).parent
SCREENSHOTS = HERE / "screenshots"
TEXTS = "[...document.querySelectorAll({})].map((each) => each.textContent)"

RECEIVED = "[...document.querySelectorAll('.received')].map((each) => each.textContent).join(' ')"
STATUS = "document.querySelector('h1 output')?.textContent"
COLUMNS = ["编码", "商品", "仓库", "在库", "可用", "下限", "预警"]
KEEPER: dict[str, Any] = {
    "username": "spa-keeper",
    "name": "库管",
    "password": "nobody's business",
    "roles": ["WAREHOUSE_KEEPER"],
}
WRONG = {"expectedOn": "2026-13-01", "lines.0.quantity": "0.12345678", "lines.0.unitPrice": "1,5"}
WRONG_SAYS = {
    "supplierId": "REQUIRED",
    "warehouseId": "REQUIRED",
    "expectedOn": "NOT_A_DATE",
    "lines.0.skuId": "REQUIRED",
    "lines.0.quantity": "TOO_MANY_DECIMALS",
    "lines.0.unitPrice": "NOT_A_NUMBER",
    "lines.1.skuId": "REQUIRED",
    "lines.1.quantity": "REQUIRED",
}
RIGHT = {
    "supplierId": "临安山核桃合作社",
    "warehouseId": "杭州",
    "expectedOn": "2030-01-31",
    "lines.0.skuId": "核桃 500g",
    "lines.0.quantity": "50",
    "lines.0.unitPrice": "15.5",
    "lines.1.skuId": "山核桃仁 250g",
    "lines.1.quantity": "10",
    "lines.1.unitPrice": "30",
}


class Screens:
    """The requests of one window, screen by screen."""

    def __init__(self, window: Browser, page: Page) -> None:
        self.page = page
        self._window = window
        self._seen = 0

    @contextmanager
    def screen(self, name: str, requests: int = 1) -> Iterator[Page]:
        """What is asked for in the block, and no more than that."""
        try:
            yield self.page
        except AssertionError:
            self.page.screenshot(SCREENSHOTS / f"failure in {name}.png")
            raise
        self.page.screenshot(SCREENSHOTS / f"{name}.png")
        asked = [json.loads(body)["operationName"] for body in self._window.posted[self._seen :]]
        self._seen += len(asked)
        print(f"    {name}: {len(asked)} ({', '.join(asked)})", flush=True)
        assert len(asked) == requests, f"{name} takes {len(asked)} requests, not {requests}: {asked}"


def build() -> None:
    """The forms of the schema that clients take, the types of the operations, and the pages."""
    generated = HERE / "src" / "gql"
    generated.mkdir(exist_ok=True)
    for form in ("possible-types", "labels"):
        printed = subprocess.run([*server.JXC, "schema", "--format", form], check=True, capture_output=True)
        (generated / f"{form}.json").write_bytes(printed.stdout)
    strict = os.environ | {"NODE_ENV": "development"}  # React and Apollo Client complain in the console then
    made = subprocess.run(["npm", "run", "build"], cwd=HERE, env=strict, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr


@contextmanager
def pages(folder: Path, ours: server.Server) -> Iterator[str]:
    """The address at which the built application is served, which asks the server through it."""
    port = server.free_port()
    vite = HERE / "node_modules" / ".bin" / "vite"
    command = [str(vite), "preview", str(HERE), "--host", "127.0.0.1", "--port", str(port), "--strictPort"]
    environment = os.environ | {"JXC_URL": ours.url.removesuffix("/graphql")}
    with server.started(command, environment, folder / "vite.log"):
        home = f"http://127.0.0.1:{port}/"
        server.listening(ours._replace(url=home))
        yield home


def fill(page: Page, name: str, text: str) -> None:
    """Types into a field, in the place of what stands there."""
    page.click(f"[name='{name}']")
    page.ask(f"document.querySelector('[name={json.dumps(name)}]').select()")
    page.type(text)


def choose(page: Page, name: str, text: str) -> None:
    """Takes an option by what it says, or is."""
    page.ask(
        f"""(() => {{
          const field = document.querySelector("[name='{name}']");
          const option = [...field.options].find((each) => (each.value + each.text).includes({text!r}));
          Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(field, option.value);
          field.dispatchEvent(new Event("change", {{ bubbles: true }}));
        }})()"""
    )


def problems(page: Page) -> dict[str, str]:
    """What is wrong, by where it stands; each with words in the language of the page."""
    said = page.ask(
        "[...document.querySelectorAll('em')].map(({ dataset, textContent }) => ({ ...dataset, textContent }))"
    )
    assert all(re.search("[\u4e00-\u9fff]", each["textContent"]) for each in said), said
    return {each["at"]: each["code"] for each in said}


def rows(page: Page) -> list[str]:
    """What the first list says, row by row."""
    found: list[str] = page.ask(TEXTS.format("'tbody tr'"))
    return found


def signs_in(screens: Screens, user: str, password: str) -> None:
    """A wrong password is said in words; the right one opens the first screen, whose data are one request more."""
    with screens.screen("sign in, wrong password") as page:
        fill(page, "username", user)
        fill(page, "password", "not it")
        page.click("button", "登录")
        page.wait("!!document.querySelector('em')")
    with screens.screen("sign in, and products", 2) as page:
        fill(page, "password", password)
        page.click("button", "登录")
        page.wait("document.querySelectorAll('tbody tr').length === 10")
        assert page.ask("document.querySelector('header span')?.textContent") == "Demo"


def scrolls_and_searches(screens: Screens) -> None:
    """The next page comes when the end of the list is seen; 核桃 is found by characters, pinyin and initials."""
    with screens.screen("products, scrolled") as page:
        page.ask("document.querySelector('.end').scrollIntoView()")
        page.wait("document.querySelectorAll('tbody tr').length === 16")
    for search in ("核桃", "hetao", "ht"):
        with screens.screen(f"products, {search} typed") as page:
            fill(page, "search", search)
            page.wait(f"document.querySelector('output').dataset.search === {search!r}")
            assert any("核桃 500g" in row for row in rows(page)), rows(page)


def shows_a_supplier(screens: Screens) -> None:
    """A supplier with its prices, orders and receipts."""
    with screens.screen("supplier") as page:
        page.click("td a", "临安山核桃合作社")
        page.wait("document.querySelector('h1')?.textContent === '临安山核桃合作社'")
        for table in ("prices", "orders", "receipts"):
            assert page.ask(f"document.querySelectorAll('.{table} tr').length"), table


def orders(screens: Screens, ours: server.Server) -> None:
    """A purchase order: all that is wrong with it at its fields, a colleague who is faster, goods in two parts."""
    with screens.screen("purchase order, form") as page:
        page.click("nav a", "采购")
        page.wait("document.querySelectorAll('[name=supplierId] option').length > 5")
    with screens.screen("purchase order, all wrong") as page:
        for name, text in WRONG.items():
            fill(page, name, text)
        page.click("button", "保存")
        page.wait("!!document.querySelector('em')")
        assert problems(page) == WRONG_SAYS, problems(page)
    with screens.screen("purchase order, created") as page:
        for name, text in RIGHT.items():
            choose(page, name, text) if name.endswith("Id") else fill(page, name, text)
        page.click("button", "保存")
        page.wait(f"{STATUS} === '草稿'")
    with screens.screen("purchase order, a conflict of versions") as page:
        order = page.ask("location.hash.split('/')[2]")
        update = 'mutation ($id: ID!) { updatePurchaseOrder(input: { id: $id, note: "加急" }) { userErrors { code } } }'
        ours.ask(update, id=order)
        fill(page, "note", "不加急")
        page.click("button", "保存")
        page.wait("!!document.querySelector('em')")
        assert problems(page) == {"expectedVersion": "STALE_VERSION"}, problems(page)
        assert "版本 2" in page.ask("document.querySelector('.head')?.textContent")
    with screens.screen("purchase order, changed after all") as page:
        page.click("button", "保存")
        page.wait("document.querySelector('.head')?.textContent?.includes('版本 3')")
        assert page.ask("document.querySelector('[name=note]').value") == "不加急"
    for action, status in (("提交", "待审"), ("审核", "已审")):
        with screens.screen(f"purchase order, {action}") as page:
            page.click("button", action)
            page.wait(f"{STATUS} === {status!r}")
    with screens.screen("purchase order, too much arrives") as page:
        fill(page, "lines.0.quantityAccepted", "60")
        fill(page, "lines.1.quantityAccepted", "1")
        fill(page, "lines.1.lot.number", "2611A")
        page.click("button", "入库")
        page.wait("!!document.querySelector('em')")
        expected = {"lines.0.quantityAccepted": "OVER_RECEIPT", "lines.0.lot.number": "REQUIRED"}
        assert problems(page) == expected, problems(page)
    for part, received in (("20", "20 1"), ("30", "50 10")):
        with screens.screen(f"purchase order, {part} arrive") as page:
            fill(page, "lines.0.quantityAccepted", part)
            fill(page, "lines.0.lot.number", "2611B")
            fill(page, "lines.1.lot.number", "2611A")
            page.click("button", "入库")
            page.wait(f"{RECEIVED} === {received!r}")


def watches_stock(screens: Screens, ours: server.Server) -> None:
    """A keeper who may not see costs: a column less, no error, and an alert that comes by itself."""
    with screens.screen("stock, with costs") as page:
        page.click("nav a", "库存")
        page.wait("document.querySelectorAll('tbody tr').length > 15")
        assert page.ask(TEXTS.format("'th'")) == [*COLUMNS, "金额"]
    with screens.screen("sign out") as page:
        page.click("button", "退出")
        page.wait("!!document.querySelector('.sign-in')")
    with screens.screen("sign in as a keeper, and products", 2) as page:
        fill(page, "username", KEEPER["username"])
        fill(page, "password", KEEPER["password"])
        page.click("button", "登录")
        page.wait("document.querySelectorAll('tbody tr').length === 10")
    with screens.screen("stock") as page:
        page.click("nav a", "库存")
        page.wait("document.querySelectorAll('tbody tr').length > 15")
        assert page.ask(TEXTS.format("'th'")) == COLUMNS
    with screens.screen("stock, an alert arrives", 0) as page:
        sold = sell(ours, "HT-500")
        page.wait("document.querySelector('.news')?.textContent === '核桃 500g:低库存'")
        print(f"    the alert was there {1000 * (time.monotonic() - sold):.0f} ms after the answer to the sale")
        assert [row for row in rows(page) if row.startswith("HT-500") and row.endswith("低库存")], rows(page)
    with screens.screen("stock, the line was down") as page:
        page.cut_sockets()
        sell(ours, "KXG-500")
        page.wait(
            f"{TEXTS.format(repr('tbody tr'))}.some((row) => row.startsWith('KXG-500') && row.endsWith('低库存'))"
        )


def sell(ours: server.Server, code: str) -> float:
    """So much of a SKU that less is left than should be; when that was answered."""
    found = ours.ask(
        """query ($code: String!) { customers(first: 1) { nodes { id } } skus(first: 1, search: $code) { nodes {
        id stockLevels(first: 1) { nodes { available limit { limit } warehouse { id } } } } } }""",
        code=code,
    )
    sku = found["skus"]["nodes"][0]
    level = sku["stockLevels"]["nodes"][0]
    quantity = int(level["available"]) - int(level["limit"]["limit"]) + 1
    order = ours.ask(
        "mutation ($input: CreateSalesOrderInput!) { createSalesOrder(input: $input) { salesOrder { id } } }",
        input={
            "customerId": found["customers"]["nodes"][0]["id"],
            "warehouseId": level["warehouse"]["id"],
            "lines": [{"skuId": sku["id"], "quantity": str(quantity), "unitPrice": "20"}],
        },
    )["createSalesOrder"]["salesOrder"]
    approve = "mutation ($id: ID!) { approveSalesOrder(input: { id: $id }) { salesOrder { status } } }"
    assert ours.ask(approve, id=order["id"])["approveSalesOrder"]["salesOrder"]["status"] == "APPROVED"
    return time.monotonic()


def counts(screens: Screens) -> None:
    """A stocktake: opened, counted with a slip of the pen, and finished."""
    with screens.screen("stocktake, form") as page:
        page.click("nav a", "盘点")
        page.wait("document.querySelectorAll('[name=warehouseId] option').length > 2")
    with screens.screen("stocktake, planned") as page:
        choose(page, "warehouseId", "义乌")
        page.click("button", "保存")
        page.wait(f"{STATUS} === '草稿'")
    with screens.screen("stocktake, started") as page:
        page.click("button", "开始")
        page.wait(f"{STATUS} === '盘点中'")
        assert len(rows(page)) == 3, rows(page)
    with screens.screen("stocktake, a slip of the pen") as page:
        for line, quantity in enumerate(("1", "2", "三")):
            fill(page, f"line {line}", quantity)
        page.click("button", "保存")
        page.wait("!!document.querySelector('em')")
        assert problems(page) == {"counts.2.quantity": "NOT_A_NUMBER"}, problems(page)
    with screens.screen("stocktake, counted") as page:
        fill(page, "line 2", "3")
        page.click("button", "保存")
        page.wait("document.querySelector('.head').textContent.includes('3 / 3')")
    for action, status in (("提交", "待审"), ("审核", "已审"), ("过账", "已过账")):
        with screens.screen(f"stocktake, {action}") as page:
            page.click("button", action)
            page.wait(f"{STATUS} === {status!r}")


def reports(screens: Screens) -> None:
    """What stock is worth and how old it is, by category and by warehouse."""
    with screens.screen("report") as page:
        page.click("nav a", "报表")
        page.wait("document.querySelectorAll('.groups tr').length === 6")
    with screens.screen("report by warehouse") as page:
        choose(page, "groupBy", "WAREHOUSE")
        page.wait("document.querySelectorAll('.groups tr').length === 2")


def draws_them_with_relay(screens: Screens, home: str) -> None:
    """The lists of products and of stock on one page, each of which grows when it is scrolled."""
    with screens.screen("products and stock in Relay") as page:
        page.ask(f"void (location.href = {home + 'relay.html'!r})")
        page.wait("document.querySelectorAll('tbody tr').length === 20")
    for section, length in (("products", 16), ("stock", 19)):
        with screens.screen(f"{section} in Relay, scrolled") as page:
            page.ask(f"document.querySelector('#{section} .end').scrollIntoView()")
            page.wait(f"document.querySelectorAll('#{section} tbody tr').length === {length}")
    with screens.screen("products in Relay, 核桃 typed") as page:
        fill(page, "search", "核桃")
        page.wait("document.querySelector('output').dataset.search === '核桃'")
        assert page.ask("document.querySelector('output').textContent") == "2"


def stayed_at_home(window: Browser, home: str) -> None:
    """No page or socket asked another host for anything, and nothing complained."""
    allowed = (home, home.replace("http", "ws", 1), "data:", "blob:" + home)
    assert not [each[:200] for each in window.requested if not each.startswith(allowed)]
    assert not window.complaints, "\n".join(window.complaints)


def main() -> None:
    """Does it all, and prints what it saw."""
    started = time.monotonic()
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    build()
    built = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="jxc-spa-", ignore_cleanup_errors=True) as name,
        server.demo(folder := Path(name), "--sample", "cn") as ours,
        pages(folder, ours) as home,
        browser(folder / "profile") as window,
    ):
        print("Requests by screen:")
        ours.ask("mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }", input=KEEPER)
        screens = Screens(window, window.open(home))
        signs_in(screens, "demo", ours.password)
        scrolls_and_searches(screens)
        shows_a_supplier(screens)
        orders(screens, ours)
        counts(screens)
        reports(screens)
        watches_stock(screens, ours)
        draws_them_with_relay(screens, home)
        stayed_at_home(window, home)
        requests = sum(not each.startswith("data:") for each in window.requested)
    print(
        f"Apollo Client and Relay in Chromium: {requests} requests, 0 to other hosts, 0 complaints; "
        f"{built - started:.0f} s to build, {time.monotonic() - built:.0f} s to use; "
        f"screenshots in {SCREENSHOTS.relative_to(Path.cwd())}"
    )


if __name__ == "__main__":
    main()
