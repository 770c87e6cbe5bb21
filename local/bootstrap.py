"""From a bare Python to a virtual environment with the locked requirements, then on to the command asked for.

Standard library only. Does nothing, in a few milliseconds, when what is asked for is installed already.
"""

from __future__ import annotations

import ast
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local.steps import Refusal, done, refuse, say, write_any_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = "installed.txt"

# command -> what it needs installed, and the module that runs it
COMMANDS = {
    "up": ("requirements-local.txt", "local.main"),
    "evaluate": ("requirements-local.txt", "local.evaluate"),
    "test": ("requirements-dev.txt", "local.checks"),
    "bench": ("requirements-dev.txt", "bench"),
    "screenshots": ("requirements-dev.txt", "tests.e2e.screenshots"),
}

# Settings of pip that change nothing about what is installed from where.
HARMLESS = {
    "cache-dir",
    "default-timeout",
    "disable-pip-version-check",
    "no-cache-dir",
    "no-input",
    "no-warn-script-location",
    "progress-bar",
    "quiet",
    "require-virtualenv",
    "retries",
    "root-user-action",
    "timeout",
    "verbose",
}
TRANSLATED = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}


def venv_python(venv: Path = VENV) -> Path:
    return venv / "bin" / "python"


def pins(requirements: str) -> set[str]:
    """The requirement lines of a compiled file, without their hashes: `name==version ; marker`."""
    lines = (line.strip().removesuffix("\\").strip() for line in requirements.splitlines())
    return {line for line in lines if line and not line.startswith(("#", "--"))}


def pins_after(installed: Iterable[str], wanted: Iterable[str]) -> set[str]:
    """What the environment holds once `wanted` is installed over `installed`."""
    wanted = set(wanted)
    replaced = {pin.split("==")[0] for pin in wanted}
    return wanted | {pin for pin in installed if pin.split("==")[0] not in replaced}


def uv_environment(pip_config: str) -> dict[str, str] | None:
    """Say pip's configuration to uv, which reads none of it; None when uv has no word for a part of it.

    Takes the output of `pip config list`: `global.index-url='...'`, `:env:.cert='...'`.
    """
    environment: dict[str, str] = {}
    for line in sorted(pip_config.splitlines(), key=lambda line: line.startswith(":env:")):
        key, _, value = line.partition("=")
        name = key.rpartition(".")[2]
        if name in TRANSLATED:
            environment[TRANSLATED[name]] = str(ast.literal_eval(value))
        elif name and name not in HARMLESS:
            return None
    return environment


def find_uv() -> list[str] | None:
    """The command that runs uv: from PATH, or as a module of the Python we run on."""
    if path := shutil.which("uv"):
        return [path]
    if importlib.util.find_spec("uv") is not None:
        return [sys.executable, "-m", "uv"]
    return None


def make_venv(venv: Path) -> None:
    """Make the environment anew unless a working one of a Python that is new enough is there."""
    works = [str(venv_python(venv)), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    if venv_python(venv).exists() and subprocess.run(works, check=False, capture_output=True).returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        # Debian and Ubuntu ship Python without it.
        raise Refusal(
            f"{sys.executable} cannot make a virtual environment: install the package python3-venv "
            "(on Debian and Ubuntu: apt-get install python3-venv) and start again"
        )
    command = [sys.executable, "-m", "venv", "--clear", str(venv)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    if made.returncode:
        raise Refusal(f"cannot make the virtual environment {venv}: {_last_line(made.stdout + made.stderr)}")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def _install_by_uv(requirements: Path, python: Path) -> bool:
    uv = find_uv()
    if uv is None:
        return False
    configured = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], check=False, capture_output=True, text=True
    )
    translated = uv_environment(configured.stdout)
    if configured.returncode or translated is None:
        return False
    command = [*uv, "pip", "install", "--quiet", "--compile-bytecode", "--require-hashes"]
    command += ["--python", str(python), "--requirement", str(requirements)]
    installed = subprocess.run(command, check=False, capture_output=True, env=translated | os.environ)
    return installed.returncode == 0


def _install_by_pip(requirements: Path, python: Path) -> None:
    # The lock is complete, so there is nothing to resolve: --no-deps saves the time.
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--requirement", str(requirements)]
    installed = subprocess.run(command, check=False, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    if installed.returncode:
        errors = [line for line in installed.stderr.splitlines() if line.startswith("ERROR")]
        raise Refusal(f"cannot install {requirements.name}: {_last_line(chr(10).join(errors) or installed.stderr)}")


@contextmanager
def _one_at_a_time(venv: Path) -> Iterator[None]:
    """Two starts in one tree must not install into the same environment at once."""
    try:
        lock_file = venv.parent / ".local" / "bootstrap.lock"
        lock_file.parent.mkdir(exist_ok=True)
        with lock_file.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except PermissionError as error:
        raise Refusal(f"cannot write {error.filename}: run as the owner of {venv.parent}") from error


def is_satisfied(requirements: Path, venv: Path) -> bool:
    """A larger file that was installed before satisfies a smaller one; a changed pin or another Python never does."""
    stamp = venv / STAMP
    if not (stamp.exists() and venv_python(venv).exists()):
        return False
    python, *installed = stamp.read_text().splitlines()
    return python == _which_python(venv) and pins(requirements.read_text()) <= set(installed)


def _which_python(venv: Path) -> str:
    # An upgrade of the system may put another Python behind the same link, with none of our packages.
    return f"# {venv_python(venv).resolve()}"


def _stamp(requirements: Path, venv: Path) -> None:
    stamp = venv / STAMP
    before = pins(stamp.read_text()) if stamp.exists() else set()
    now = pins_after(before, pins(requirements.read_text()))
    stamp.write_text("\n".join([_which_python(venv), *sorted(now)]) + "\n")


def ensure(requirements: Path, venv: Path = VENV, tell: Callable[[str], None] = say) -> Path:
    """Make the environment hold these requirements, and return its Python."""
    if is_satisfied(requirements, venv):
        return venv_python(venv)
    with _one_at_a_time(venv):
        if not is_satisfied(requirements, venv):
            make_venv(venv)
            tell(f"  installing {requirements.name}, once: takes up to a minute")
            if not _install_by_uv(requirements, venv_python(venv)):
                _install_by_pip(requirements, venv_python(venv))
            _stamp(requirements, venv)
    return venv_python(venv)


def main(arguments: list[str]) -> int:
    """Install what the command needs and become it."""
    write_any_letter()
    started = time.monotonic()
    command, *rest = arguments
    requirements, module = COMMANDS[command]
    quiet = {"--help", "-h", "--json"}.intersection(rest)
    try:
        python = ensure(ROOT / requirements, tell=_nothing if quiet else say)
    except Refusal as refusal:
        return refuse(f"local/{command}", refusal)
    except KeyboardInterrupt:
        return 130
    if not quiet:
        done("environment", time.monotonic() - started)
    return os.execv(python, [str(python), "-P", "-m", module, *rest])


def _nothing(_line: str) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
