"""Node for the site: from PATH when it is new enough, else from its wheel into .local/node."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from local.bootstrap import ROOT, ensure
from local.steps import Refusal

HOME = ROOT / ".local" / "node"
MACHINE_SETTINGS = Path("/etc/npmrc")
REQUIREMENTS = ROOT / "local" / "requirements-node.txt"


def is_new_enough(version: str) -> bool:
    """What Vite asks for: 20.19, or 22.12, or anything newer than 22."""
    found = re.match(r"v(\d+)\.(\d+)", version)
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def _has_node(path: str) -> bool:
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not (node and npm):
        return False
    try:
        shown = subprocess.run([node, "--version"], check=False, capture_output=True, text=True)
    except OSError:
        return False
    return is_new_enough(shown.stdout)


def environment() -> dict[str, str]:
    """Return an environment whose PATH starts with a Node that is new enough, installed if need be."""
    path = os.environ.get("PATH", os.defpath)
    machine: dict[str, str] = {}
    if not _has_node(path):
        if MACHINE_SETTINGS.exists():  # the wheel's npm looks for them beside itself
            machine["npm_config_globalconfig"] = str(MACHINE_SETTINGS)
        ensure(REQUIREMENTS, HOME)
        path = f"{HOME / 'bin'}{os.pathsep}{path}"
        if not _has_node(path):
            raise Refusal("the site needs Node 20.19 or newer, and its wheel does not run here: install Node")
    found = {**machine, **os.environ, "PATH": path, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
    if not os.access(Path.home(), os.W_OK):  # npm wants a cache; some accounts have no home
        found.setdefault("npm_config_cache", str(ROOT / ".local" / "npm"))
    return found
