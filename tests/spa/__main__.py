"""`python -m tests.spa` builds the application, serves it before a demo, and uses its screens in a browser.

Each step says how many requests it may take; one more, another host or a complaint of the browser, and the run fails.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conformance import server
from tests.explorer.browser import Browser, Page, browser

HERE = Path(__file__).parent
SCREENSHOTS = HERE / "screenshots"
TEXTS = "[...document.querySelectorAll({})].map((each) => each.textContent)"


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
    (HERE / "src" / "gql").mkdir(exist_ok=True)
    types = subprocess.run([*server.JXC, "schema", "--format", "possible-types"], check=True, capture_output=True)
    (HERE / "src" / "gql" / "possible-types.json").write_bytes(types.stdout)
    made = subprocess.run(["npm", "run", "build"], cwd=HERE, capture_output=True, text=True, check=False)
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
        assert page.ask("document.querySelector('header span').textContent") == "Demo"


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


def stayed_at_home(window: Browser, home: str) -> None:
    """No page or socket asked another host for anything, and nothing complained."""
    allowed = (home, home.replace("http", "ws", 1), "data:", "blob:" + home)
    assert not [each[:200] for each in window.requested if not each.startswith(allowed)]
    assert not window.complaints, "\n".join(window.complaints)


def main() -> None:
    """Does it all, and prints what it saw."""
    started = time.monotonic()
    build()
    built = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="jxc-spa-", ignore_cleanup_errors=True) as name,
        server.demo(folder := Path(name), "--sample", "cn") as ours,
        pages(folder, ours) as home,
        browser(folder / "profile") as window,
    ):
        print("Requests by screen:")
        screens = Screens(window, window.open(home))
        signs_in(screens, "demo", ours.password)
        scrolls_and_searches(screens)
        stayed_at_home(window, home)
        requests = sum(not each.startswith("data:") for each in window.requested)
    print(
        f"React and Apollo Client in Chromium: {requests} requests, 0 to other hosts, 0 complaints; "
        f"{built - started:.0f} s to build, {time.monotonic() - built:.0f} s to use; "
        f"screenshots in {SCREENSHOTS.relative_to(Path.cwd())}"
    )


if __name__ == "__main__":
    main()
