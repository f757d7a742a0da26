"""`make wheel`: a wheel in an empty environment serves the demo with its explorer, on every Python of this machine.

Whatever is installed comes from the wheel and from what it names; nothing of the checkout is at hand where it runs.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from tests.databases import ROOT
from tests.patience import SECONDS

OLDEST, NEWEST = 11, 20
PATIENCE = 5 * SECONDS
"""The schema is made before the first answer, while others may be in the way."""
QUESTION = {"query": "{ skus(first: 1) { totalCount } }"}


def pythons() -> dict[str, str]:
    """Every Python that may run it, by version: on the path, or kept by pyenv."""
    kept = [Path.home() / ".pyenv" / "versions", Path(os.environ.get("PYENV_ROOT", "none")) / "versions"]
    places = [*os.environ["PATH"].split(os.pathsep), *(str(path) for each in kept for path in each.glob("*/bin"))]
    found: dict[str, str] = {}
    for minor in range(OLDEST, NEWEST):
        for place in places:
            program = shutil.which(f"python3.{minor}", path=place)
            if (
                program
                and subprocess.run([program, "-c", "import venv"], capture_output=True, check=False).returncode == 0
            ):
                found.setdefault(f"3.{minor}", program)
    return found


def pins(folder: Path) -> Path:
    """The versions that are tried, without the hashes, which a wheel of our own has none of."""
    lines = re.findall(r"^[a-z0-9.-]+==\S+(?: ; [^\\\n]+)?", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    (folder / "pins.txt").write_text("\n".join(lines))
    return folder / "pins.txt"


def wheel(folder: Path) -> Path:
    """The wheel of this checkout."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    [made] = folder.glob("*.whl")
    return made


def installed(folder: Path, python: str, package: Path) -> Path:
    """The commands of an environment that holds the wheel and what it needs."""
    programs = folder / "bin"
    constraints = ["--constraint", str(pins(folder.parent))]
    if uv := shutil.which("uv"):
        subprocess.run([uv, "venv", "--quiet", "--python", python, folder], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(programs / "python")]
    else:
        subprocess.run([python, "-m", "venv", folder], check=True)
        install = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *constraints, f"{package}[postgres]"], check=True)
    return programs


def serve(programs: Path, folder: Path) -> None:
    """Has it serve a demo, and looks at it as a browser and as a program would."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("JXC_", "PYTHON"))}
    command = [
        str(one)
        for one in (programs / "jxc", "demo", "--port", "0", "--data-dir", folder / "data", "--sample", "northwind")
    ]
    server = subprocess.Popen(command, cwd=folder, env=settings, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        told = dict(server.stdout.readline().rstrip("\n").split(": ", 1) for _ in range(4))
        url = told["url"].partition("#")[0]
        headers = {"authorization": f"Bearer {told['token']}"}
        with httpx.Client(timeout=PATIENCE) as client:
            page = client.get(url, headers={"accept": "text/html"}).text
            files = re.findall(r'(?:src|href)="(?:\./)?(graphql/ide/[^"]+|/graphql/ide/[^"]+)"', page)
            assert files, "the explorer is not built"
            assert all(client.get(httpx.URL(url).join(f"/{one.lstrip('/')}")).status_code == 200 for one in files)
            answer = client.post(url, json=QUESTION, headers=headers).json()
        assert answer["data"]["skus"]["totalCount"] > 0, answer
    finally:
        server.terminate()
        server.wait(SECONDS)


def main() -> None:
    """Tries them one after the other."""
    found = pythons()
    assert found, "there is no Python"
    with tempfile.TemporaryDirectory() as folder:
        package = wheel(Path(folder))
        for version, python in found.items():
            own = Path(folder, version)
            programs = installed(own, python, package)
            serve(programs, own)
            print(f"Python {version}: {package.name} serves the demo with its explorer")


if __name__ == "__main__":
    main()
