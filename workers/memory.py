"""How much memory the slots hold, where the system tells it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROC = Path("/proc")


def resident_bytes(pids: Mapping[int, int]) -> dict[int, int]:
    """The resident memory of the process of each slot; what it shares with others counts in each of them.

    Without a slot whose process is gone; empty where there is no `/proc`, as on macOS.
    """
    page = os.sysconf("SC_PAGE_SIZE")
    found: dict[int, int] = {}
    for slot, pid in pids.items():
        with suppress(OSError, ValueError, IndexError):
            found[slot] = int((_PROC / str(pid) / "statm").read_text().split()[1]) * page
    return found
