"""Load on an HTTP server: wrk with 32 connections, and what it counted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import httpx

from local.steps import Refusal, say

if TYPE_CHECKING:
    from pathlib import Path

CONNECTIONS = 32
_WARM_UP_SECONDS = 2

_SCRIPT = """\
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer %s"
local file = io.open(%s, "rb")
wrk.body = file:read("*all")
file:close()
"""


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code < 500
    except httpx.HTTPError:
        return False


def find_wrk() -> str:
    """Where wrk is; installed first when it is missing and we may."""
    if shutil.which("wrk") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        say("  installing wrk from the system's packages")
        for arguments in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "wrk"]):
            subprocess.run(["apt-get", *arguments], check=False, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    found = shutil.which("wrk")
    if found is None:
        raise Refusal("the rows about HTTP need wrk: install it, or leave them out with --only")
    return found


def posts_per_second(
    url: str, body: object, *, folder: Path, key: str = "none", connections: int = CONNECTIONS, seconds: int = 8
) -> float:
    """Accepted POSTs of `body` a second, after a warm-up. Raises `Refusal` when one was not accepted."""
    body_file, script = folder / "body.json", folder / "post.lua"
    body_file.write_text(json.dumps(body))
    script.write_text(_SCRIPT % (key, json.dumps(str(body_file))))
    rates = []
    for duration in (_WARM_UP_SECONDS, seconds):
        command = [find_wrk(), "-t1", f"-c{connections}", f"-d{duration}s", "--timeout", "30s", "-s", str(script), url]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rate = re.search(r"Requests/sec:\s*([\d.]+)", said)
        if rate is None or "Non-2xx" in said or "Socket errors" in said:
            raise Refusal(f"{url} did not accept every request:\n{said}")
        rates.append(float(rate[1]))
    return rates[-1]
