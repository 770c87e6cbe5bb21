"""`./local/up`: start the whole system on this machine and keep it running until it is asked to stop."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from local.child import ChildDied
from local.steps import Refusal, refuse, say, write_any_letter
from local.system import Options, System, running_system
from trajectory.priorities import QUEUES

INTERRUPTED = 130


def port_number(text: str) -> int:
    if not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return int(text)


def number_of_slots(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError("a worker needs at least 1")
    return int(text)


def queue_names(text: str) -> str:
    if unknown := [name for name in text.split(",") if name not in QUEUES]:
        raise argparse.ArgumentTypeError(f"there is no queue {unknown[0]!r}: choose from {','.join(QUEUES)}")
    return text


def parse(arguments: list[str]) -> Options:
    defaults = Options()
    parser = argparse.ArgumentParser("local/up", description="Run the whole system on this machine.")
    parser.add_argument("--port", type=port_number, default=defaults.port, help="of the site and the API (%(default)s)")
    parser.add_argument(
        "--data", type=Path, default=defaults.data, help="folder for everything that is kept (.local/data)"
    )
    parser.add_argument(
        "--slots", type=number_of_slots, default=defaults.slots, help="jobs that run at a time (%(default)s)"
    )
    parser.add_argument(
        "--queues", type=queue_names, default=defaults.queues, help="that the worker serves (%(default)s)"
    )
    return Options(**vars(parser.parse_args(arguments)))


def describe(system: System) -> str:
    return "\n".join(
        (
            "",
            f"  Trajectory   {system.url}",
            f"  sign in      {system.sign_in}",
            f"  admin key    {system.data / 'admin.key'}",
            f"  logs         {system.data / 'logs'}",
            f"  environment  set -a; . {shlex.quote(str(system.data / 'env'))}",
            "  stop         Ctrl-C, twice not to wait for running jobs",
            "",
        )
    )


def main(arguments: list[str]) -> int:
    """Return the exit code: 0 when stopped as asked, 2 for what a person can put right, 1 for a fault of ours."""
    write_any_letter()
    try:
        with running_system(parse(arguments)) as system:
            say(describe(system))
            system.supervisor.watch()
            say("  stopping, once more not to wait for running jobs")
    except Refusal as refusal:
        return refuse("local/up", refusal)
    except ChildDied as died:
        tail = "\n".join(f"    {line}" for line in died.output.splitlines()[-15:])
        print(f"local/up: {died}\n{tail}\n  all of it: {died.log}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
