import pytest

from local import checks, packages
from local.checks import PARTS, Results, chosen, selection, without_needs
from local.node import is_new_enough
from local.site import digest, is_built
from local.steps import Refusal
from local.timings import part_of


def test_without_a_name_every_part_runs():
    assert chosen([]) == list(PARTS)


def test_named_parts_run_in_the_order_of_the_whole():
    assert chosen(["e2e", "lint"]) == ["lint", "e2e"]


def test_an_unknown_part_is_refused_with_the_list_of_parts():
    with pytest.raises(Refusal, match=r"no part speed: choose from lint, .* e2e"):
        chosen(["speed"])


@pytest.fixture
def bare_machine(monkeypatch):
    monkeypatch.setattr(packages, "install", lambda _wanted: None)
    monkeypatch.setattr(packages, "missing", list)


@pytest.mark.usefixtures("bare_machine")
def test_a_part_whose_need_is_missing_is_left_out_and_counts_as_a_fault(capsys):
    results = Results()

    assert without_needs(["unit", "e2e"], results) == ["unit"]
    assert results.faults == 1
    assert "e2e did not run: chromium is missing" in capsys.readouterr().out


@pytest.mark.usefixtures("bare_machine")
def test_without_the_broker_only_its_tests_are_left_out_and_that_counts_as_a_fault(capsys):
    results = Results()

    assert selection(["unit", "integration"], results) == ["-m", "not rabbitmq"]
    assert results.faults == 1
    assert "rabbitmq did not run" in capsys.readouterr().out


@pytest.mark.usefixtures("bare_machine")
def test_the_broker_is_no_need_of_the_unit_tests():
    assert selection(["unit"], Results()) == []


def test_root_installs_what_is_missing_with_fresh_lists_and_no_service_started(monkeypatch, tmp_path):
    said, policy = tmp_path / "said", tmp_path / "policy-rc.d"
    apt = tmp_path / "apt-get"
    lines = ["#!/bin/sh", f'echo "$DEBIAN_FRONTEND $*" >> {said}', f'{policy} || echo "policy $?" >> {said}', ""]
    apt.write_text("\n".join(lines))
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(packages, "PROGRAMS", {"rabbitmq-server": "no-such-program"})
    monkeypatch.setattr(packages, "SERVICE_POLICY", policy)
    monkeypatch.setattr("os.geteuid", lambda: 0)

    packages.install(["rabbitmq-server"])

    assert said.read_text().splitlines() == [
        "noninteractive update -q",
        "policy 101",
        "noninteractive install -q -y --no-install-recommends rabbitmq-server",
        "policy 101",
    ]
    assert not policy.exists()


def test_an_ordinary_user_installs_nothing(monkeypatch, capsys):
    monkeypatch.setattr(packages, "PROGRAMS", {"chromium": "no-such-program"})
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    packages.install(["chromium"])

    assert capsys.readouterr().out == ""


def test_one_failing_command_fails_its_part_and_the_rest_of_it_still_runs(monkeypatch, tmp_path):
    after = tmp_path / "after"
    monkeypatch.setitem(checks.COMMANDS, "lint", [["false"], ["touch", str(after)]])
    results = Results()

    checks.run_commands("lint", tmp_path, {"PATH": "/usr/bin:/bin"}, results)

    assert results.faults == 1
    assert after.exists()


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v20.19.0", True),
        ("v20.18.3", False),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("v18.20.0", False),
        ("", False),
    ],
)
def test_node_is_new_enough_as_vite_says(version, enough):
    assert is_new_enough(version) is enough


def test_a_table_line_is_kept_by_the_folder_of_the_test():
    assert part_of("tests/unit/test_x.py::test_y") == "unit"


@pytest.fixture
def site(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.tsx").write_text("one")
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / ".sources").write_text(digest(tmp_path))
    return tmp_path


def test_a_site_whose_sources_did_not_change_is_built(site):
    (site / "node_modules").mkdir()
    (site / "README.md").write_text("not a source")

    assert is_built(site)


@pytest.mark.parametrize("changed", ["src/main.tsx", "src/new.tsx", "package-lock.json", "openapi.json"])
def test_a_site_with_a_changed_source_is_not_built(site, changed):
    (site / changed).write_text("two")

    assert not is_built(site)


def test_a_renamed_source_is_a_change(site):
    (site / "src" / "main.tsx").rename(site / "src" / "other.tsx")

    assert not is_built(site)
