import sys

import pytest

from local.bootstrap import is_satisfied, main, make_venv, pins, pins_after, uv_environment
from local.steps import Refusal

LOCK = """\
# a comment
amqp==5.4.2 \\
    --hash=sha256:9362 \\
    --hash=sha256:b91c
tzdata==2026.1 ; sys_platform == 'win32' \\
    --hash=sha256:0000
"""


def test_pins_are_the_requirements_without_hashes_and_comments():
    assert pins(LOCK) == {"amqp==5.4.2", "tzdata==2026.1 ; sys_platform == 'win32'"}


def test_a_new_version_replaces_the_old_and_leaves_the_rest():
    assert pins_after({"a==1", "b==1"}, {"a==2", "c==1"}) == {"a==2", "b==1", "c==1"}


@pytest.fixture
def venv(tmp_path):
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    (folder / "installed.txt").write_text(f"# {folder / 'bin' / 'python'}\na==1\nb==1\n")
    return folder


@pytest.mark.parametrize(
    ("wanted", "satisfied"),
    [("a==1", True), ("a==1\nb==1", True), ("a==2", False), ("a==1\nc==1", False)],
    ids=["smaller", "equal", "another version", "larger"],
)
def test_a_larger_installed_file_satisfies_a_smaller_one_and_never_the_reverse(venv, tmp_path, wanted, satisfied):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(wanted)

    assert is_satisfied(requirements, venv) is satisfied


def test_an_environment_without_its_python_satisfies_nothing(venv, tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("a==1")
    (venv / "bin" / "python").unlink()

    assert not is_satisfied(requirements, venv)


def test_another_python_behind_the_same_link_satisfies_nothing(venv, tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("a==1")
    (tmp_path / "python3.13").touch()
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(tmp_path / "python3.13")

    assert not is_satisfied(requirements, venv)


def test_an_index_of_pip_is_said_to_uv_and_the_environment_wins_over_the_file():
    config = ":env:.index-url='https://b.example/simple'\nglobal.index-url='https://a.example/simple'\n"

    assert uv_environment(config) == {"UV_DEFAULT_INDEX": "https://b.example/simple"}


def test_settings_that_change_no_choice_keep_uv():
    assert uv_environment(":env:.disable-pip-version-check='1'\nglobal.timeout='60'\n") == {}


@pytest.mark.parametrize("setting", ["extra-index-url", "find-links", "constraint", "trusted-host", "proxy"])
def test_a_setting_that_uv_cannot_take_means_pip(setting):
    assert uv_environment(f"global.{setting}='x'\n") is None


def test_a_python_without_venv_is_refused_in_one_line_that_names_the_package(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "ensurepip", None)

    with pytest.raises(Refusal, match="python3-venv") as refused:
        make_venv(tmp_path / "venv")

    assert len(str(refused.value).splitlines()) == 1


def test_a_refusal_is_exit_code_2_and_one_line(monkeypatch, capsys):
    def refuse(_requirements, **_):
        raise Refusal("the reason")

    monkeypatch.setattr("local.bootstrap.ensure", refuse)

    assert main(["up"]) == 2
    assert capsys.readouterr().err == "local/up: the reason\n"
