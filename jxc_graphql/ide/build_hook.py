"""Builds the explorer into what is published, so that whoever installs it needs neither Node nor another host.

Hatchling runs it for wheels and source distributions. Where the explorer cannot be built, what is made loads GraphiQL
from its CDN, and its maker is told.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("build.mjs", "explorer.jsx", "explorer.css", "package-lock.json")


class ExplorerBuildHook(BuildHookInterface[Any]):
    """What comes before the files are packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (hatchling's signature)
        """Builds the explorer, unless it is built already or this is for a developer (`make ide`)."""
        folder = Path(self.root, "jxc_graphql", "ide")
        if version == "editable" or _is_built(folder):
            return
        npm = shutil.which("npm")
        try:
            if npm is None:
                raise FileNotFoundError("there is no npm")
            for command in (["ci"], ["run", "build"]):
                subprocess.run([npm, *command, "--silent"], cwd=folder, check=True)  # noqa: S603  (our own scripts)
        except (OSError, subprocess.CalledProcessError) as error:
            self.app.display_warning(f"The explorer is not built ({error}): it will load GraphiQL from its CDN.")


def _is_built(folder: Path) -> bool:
    index = folder / "dist" / "index.html"
    return index.is_file() and all((folder / name).stat().st_mtime <= index.stat().st_mtime for name in SOURCES)
