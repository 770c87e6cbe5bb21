"""Set up an installation: `python -m trajectory migrate`, `python -m trajectory key create --name admin`."""

from __future__ import annotations

import argparse
import sys

from trajectory.errors import InvalidSettings, Unauthenticated
from trajectory.keys import ROLES, create_key
from trajectory.parts import Parts
from trajectory.settings import settings
from trajectory.store.schema import upgrade


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m trajectory", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database to the schema of this release")
    keys = commands.add_parser("key", help="keys of the API").add_subparsers(dest="act", required=True)
    create = keys.add_parser("create", help="make a key and print it")
    create.add_argument("--name", required=True)
    create.add_argument("--role", choices=ROLES, default="admin")
    # Not an argument: every user of a machine sees those.
    keys.add_parser("check", help="exit with 0 if the key on standard input is valid")
    asked = parser.parse_args()
    try:
        parts = Parts(settings())
    except InvalidSettings as error:
        print(*error.faults, sep="\n", file=sys.stderr)
        return 2
    if asked.command == "migrate":
        upgrade(parts.engine)
    elif asked.act == "create":
        print(create_key(parts.engine, name=asked.name, role=asked.role))
    else:
        try:
            parts.keyring.of_key(sys.stdin.readline().strip())
        except Unauthenticated as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
