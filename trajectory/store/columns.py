"""What all tables share: one metadata, and the columns that come again and again."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, MetaData, text

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


def time(name: str, *, nullable: bool = True, default_now: bool = False) -> Column[object]:
    return Column(
        name, DateTime(timezone=True), nullable=nullable, server_default=text("now()") if default_now else None
    )


def count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))
