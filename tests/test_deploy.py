"""What stands in `deploy/`: nothing here runs it, so others read it over."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jxc_graphql.kit.settings import Settings
from tests.databases import ROOT

DEPLOY = ROOT / "deploy"
BUILD_TOOLS = {"hatchling", "editables"}


def tool(name: str) -> str:
    """A program that came with what the tests need; some are made for Linux alone."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"there is no {name}")
    return found


def says(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_the_image_is_made_as_images_should_be() -> None:
    assert says(tool("hadolint"), str(DEPLOY / "Dockerfile")) == ""


def test_the_composition_is_one() -> None:
    check = (tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec")
    assert says(*check, str(DEPLOY / "compose.yaml")) == ""


def test_the_unit_is_one(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze")
    unit = tmp_path / "jxc.service"
    unit.write_text((DEPLOY / unit.name).read_text().replace("/srv/jxc/bin/jxc", shutil.which("true") or ""))
    assert says("systemd-analyze", "verify", str(unit)) == ""
    assert says("systemd-analyze", "security", "--offline=yes", "--threshold=15", str(unit)) == ""


def test_the_image_keeps_no_tool_that_built_it() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    [removed] = re.findall(r"pip uninstall --yes --quiet (.+)", text)
    assert {"pip", *BUILD_TOOLS} <= set(removed.split())
    *_, last = text.split("\nFROM ")
    assert "USER 10001" in last
    assert "HEALTHCHECK" in last
    assert not re.search(r"apt-get|pip|npm", last.partition("ENV")[0])


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "jxc.service"])
def test_only_names_settings_that_there_are(name: str) -> None:
    told = set(re.findall(r"\bJXC_([A-Z_]+)\b(?=[:=])", (DEPLOY / name).read_text()))
    assert told
    assert told - {"PASSWORD"} <= {field.upper() for field in Settings.__struct_fields__}
