"""A headless Chromium, spoken to by its DevTools protocol: nothing to install but the browser itself."""

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # as on a machine without a network
    "--remote-debugging-port=0",
    "--window-size=1400,900",
)
START_SECONDS = 30.0
WAIT_SECONDS = 20.0

REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) => console.error(
  `CSP ${event.violatedDirective} refuses ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));"""


class Browser:
    """One browser; remembers every address that its pages and workers asked for, what
    they posted, and everything they complained of."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sent = 0
        self.requested: list[str] = []
        self.posted: list[str] = []
        self.complaints: list[str] = []
        self.frames: list[str] = []

    def open(self, address: str) -> "Page":
        """A new browser tab that is at an address."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.send(f"{domain}.enable", session)
        self.send("Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=True, flatten=True)
        self.send("Page.addScriptToEvaluateOnNewDocument", session, source=REPORT_VIOLATIONS)
        self.send("Page.navigate", session, url=address)
        return Page(self, session)

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """What the browser answers to a command."""
        number = self._post(method, session, parameters)
        while (message := self._receive()).get("id") != number:
            pass
        assert "error" not in message, f"{method}: {message['error']}"
        result: dict[str, Any] = message["result"]
        return result

    def wait(self, event: str) -> None:
        """Returns when an event has been told."""
        while self._receive().get("method") != event:
            pass

    def _post(self, method: str, session: str | None, parameters: dict[str, Any]) -> int:
        self._sent += 1
        command = {"id": self._sent, "method": method, "params": parameters}
        self._socket.send(json.dumps(command | ({"sessionId": session} if session else {})))
        return self._sent

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=WAIT_SECONDS))
        event = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requested.append(event["request"]["url"])
                if event["request"]["method"] == "POST":
                    self.posted.append(event["request"].get("postData", ""))
            case "Network.webSocketCreated":
                self.requested.append(event["url"])
            case "Network.webSocketFrameReceived":
                self.frames.append(event["response"]["payloadData"])
            case "Runtime.exceptionThrown":
                details = event["exceptionDetails"]
                self.complaints.append(details.get("exception", {}).get("description", details["text"]))
            case "Runtime.consoleAPICalled" if event["type"] in {"error", "warning", "assert"}:
                said = [str(each.get("value", each.get("description"))) for each in event["args"]]
                self.complaints.append(f"{event['type']}: {' '.join(said)}")
            case "Log.entryAdded" if event["entry"]["level"] in {"error", "warning"}:
                self.complaints.append(f"{event['entry']['text']} {event['entry'].get('url', '')}")
            case "Target.attachedToTarget" if event["waitingForDebugger"]:  # a worker
                for method in ("Network.enable", "Runtime.enable", "Log.enable", "Runtime.runIfWaitingForDebugger"):
                    self._post(method, event["sessionId"], {})
        return message


class Page:
    """One browser tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What the browser answers to a command for this tab."""
        return self._browser.send(method, self._session, **parameters)

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        answer = self._browser.send(
            "Runtime.evaluate", self._session, expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, f"{expression}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def cut_sockets(self) -> None:
        """Ends every WebSocket of the page, as a network would that was away for a moment."""
        every = self._browser.send("Runtime.evaluate", self._session, expression="WebSocket.prototype")["result"]
        found = self._browser.send("Runtime.queryObjects", self._session, prototypeObjectId=every["objectId"])
        self._browser.send(
            "Runtime.callFunctionOn",
            self._session,
            objectId=found["objects"]["objectId"],
            functionDeclaration="function () { for (const socket of this) socket.close(4000); }",
        )

    def reload(self) -> None:
        """Loads the page anew."""
        self._browser.send("Page.reload", self._session)
        self._browser.wait("Page.loadEventFired")

    def wait(self, expression: str) -> Any:
        """The value of an expression as soon as it is true."""
        end = time.monotonic() + WAIT_SECONDS
        while not (value := self.ask(expression)):
            assert time.monotonic() < end, f"never true: {expression}\n{self._browser.complaints}"
            time.sleep(0.1)
        return value

    def click(self, selector: str, text: str = "") -> None:
        """Presses the mouse on the first element of a selector that has a text."""
        matching = f"[...document.querySelectorAll({json.dumps(selector)})]"
        found = f"{matching}.find((each) => each.textContent.includes({json.dumps(text)}))"
        self.wait(f"!!({found})")
        box = self.ask(
            f"((each) => {{ each.scrollIntoView({{block: 'nearest', inline: 'nearest'}}); "
            f"const {{x, y, width, height}} = each.getBoundingClientRect(); "
            f"return [x + width / 2, y + height / 2]; }})({found})"
        )
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self._browser.send(
                "Input.dispatchMouseEvent", self._session, type=kind, x=box[0], y=box[1], button="left", clickCount=1
            )

    def type(self, text: str) -> None:
        """Types where the cursor is."""
        self._browser.send("Input.insertText", self._session, text=text)

    def screenshot(self, path: Path) -> None:
        """Writes what the page looks like as a PNG file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self._browser.send("Page.captureScreenshot", self._session)["data"]))


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser with a fresh profile, gone afterwards."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    assert program, f"no browser: install one of {', '.join(NAMES)}"
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        told = profile / "DevToolsActivePort"
        end = time.monotonic() + START_SECONDS
        while not (told.exists() and len(lines := told.read_text().splitlines()) > 1):
            assert process.poll() is None, "the browser ended"
            assert time.monotonic() < end, "the browser does not start"
            time.sleep(0.05)
        with connect(f"ws://127.0.0.1:{lines[0]}{lines[1]}", max_size=None) as socket:
            yield Browser(socket)
    finally:
        process.terminate()
        process.wait(10)
