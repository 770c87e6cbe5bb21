from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from trajectory.settings import read_settings
from trajectory.store.engine import api_engine
from trajectory.store.schema import downgrade, upgrade
from trajectory.store.tables import metadata


@pytest.fixture
def engine(empty_database_url):
    made = api_engine(read_settings({"DATABASE_URL": empty_database_url, "REDIS_URL": "redis://unused"}))
    yield made
    made.dispose()


def test_the_migrations_make_exactly_the_models_tables(engine):
    upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_a_downgrade_leaves_nothing_and_an_upgrade_works_after_it(engine):
    upgrade(engine)
    downgrade(engine, "base")

    with engine.connect() as connection:
        left = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
    assert left == ["alembic_version"]

    upgrade(engine)


def test_storage_settings_of_jobs_survive_the_migration(engine):
    upgrade(engine)

    with engine.connect() as connection:
        options = connection.execute(text("SELECT reloptions FROM pg_class WHERE relname = 'jobs'")).scalar_one()
    assert "fillfactor=80" in options
