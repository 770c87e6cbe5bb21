from __future__ import annotations

from dataclasses import fields

import pytest

from tests.system import ROOT
from trajectory.errors import InvalidSettings
from trajectory.settings import Settings, read_settings

NEEDED = {"DATABASE_URL": "postgresql://me@here/db", "REDIS_URL": "redis://here"}


def test_every_fault_is_named_at_once():
    with pytest.raises(InvalidSettings) as raised:
        read_settings({"DATABASE_URL": "mysql://x", "TRAJECTORY_POOL_SIZE": "none", "TRAJECTORY_HEARTBEAT": "-1"})

    assert [fault.split("=")[0].split(" ")[0] for fault in raised.value.faults] == [
        "DATABASE_URL",
        "REDIS_URL",
        "TRAJECTORY_POOL_SIZE",
        "TRAJECTORY_HEARTBEAT",
    ]


def test_a_worker_is_not_lost_before_it_missed_a_heartbeat():
    with pytest.raises(InvalidSettings, match="TRAJECTORY_LOST_AFTER"):
        read_settings(NEEDED | {"TRAJECTORY_HEARTBEAT": "5", "TRAJECTORY_LOST_AFTER": "6"})


def test_the_broker_is_redis_unless_another_is_set():
    assert read_settings(NEEDED).broker == "redis://here"
    assert read_settings(NEEDED | {"BROKER_URL": "amqp://there"}).broker == "amqp://there"


def test_names_are_read_from_a_list_with_commas():
    assert read_settings(NEEDED | {"TRAJECTORY_TASKS": "my.module, other"}).tasks == ("my.module", "other")


def test_the_readme_names_every_setting_with_what_it_is():
    readme = (ROOT / "README.md").read_text()

    for setting in fields(Settings):
        assert f"| `{setting.metadata['env']}` | {setting.metadata['about']} |" in readme
