"""`./local/bench`: this project and its peers in turn, in rounds; then the table, with medians."""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.contest import Place
from bench.measures import MEASURES
from bench.rows import GROUPS, ROWS, table
from bench.tally import Tally
from local.child import ChildDied
from local.postgres import start_postgres
from local.servers import temporary_data
from local.steps import Refusal, refuse, say
from local.valkey import start_valkey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.rows import Figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="local/bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=GROUPS, metavar="NAME", help=", ".join(GROUPS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    asked = parser.parse_args()
    try:
        with _place() as place:
            rounds = [_round(place, number, asked.only) for number in range(1, asked.rounds + 1)]
    except Refusal as refusal:
        return refuse("local/bench", refusal)
    except ChildDied as died:
        return refuse("local/bench", Refusal(f"{died}\n{died.output}"))
    except KeyboardInterrupt:
        return 130
    rows = [row for row in ROWS if row.group in asked.only]
    say("")
    for line in table(rows, rounds):
        say(line)
    ratios = {row.work: row.ratio(rounds) for row in rows}
    if asked.json:
        asked.json.write_text(json.dumps({"rounds": rounds, "ratios": ratios}, indent=2) + "\n")
    return 0 if all(row.holds(ratios[row.work]) for row in rows) else 1


@contextmanager
def _place() -> Iterator[Place]:
    """Servers of the bench's own, with fsync on, that leave nothing behind."""
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_data())
        postgres = stack.enter_context(start_postgres(folder))
        valkey = stack.enter_context(start_valkey(folder))
        say(f"  PostgreSQL {postgres.version}, Valkey {valkey.version}, 2 slots each")
        file = folder / "tally"
        yield Place(folder, postgres, valkey, Tally(file), file)


def _round(place: Place, number: int, groups: Sequence[str]) -> Figures:
    """Everything that the groups need, once, one after the other."""
    figures: Figures = {}
    for measure in dict.fromkeys(measure for group in groups for measure in MEASURES[group]):
        started = time.monotonic()
        measured = measure(place)
        figures |= measured
        shown = "   ".join(f"{name} {value:,.2f}" for name, value in measured.items())
        say(f"  round {number}   {shown:<60}{time.monotonic() - started:6.1f} s")
    return figures


if __name__ == "__main__":
    sys.exit(main())
