"""Brings a database to the present schema: numbered SQL files, each once, each as a whole."""

from __future__ import annotations

import sqlite3
from importlib import resources

import peewee

from daemon.store.errors import NewerError


def scripts() -> list[tuple[int, str]]:
    """(number, SQL) of every migration, in order; numbers may be left out, none comes twice."""
    folder = resources.files("daemon.store") / "migrations"
    found = sorted(
        (int(file.name.partition("_")[0]), file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    )
    numbers = [number for number, _ in found]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"two migrations have one number: {numbers}")
    return found


def run(database: peewee.SqliteDatabase) -> int:
    """Applies what is missing; returns the version.  Raises NewerError."""
    have = int(database.execute_sql("PRAGMA user_version").fetchone()[0])
    steps = scripts()
    newest = steps[-1][0]
    if have > newest:
        raise NewerError(f"schema {have}, known {newest}")
    for number, sql in steps:
        if number <= have:
            continue
        with database.atomic("IMMEDIATE"):
            for statement in statements(sql):
                database.execute_sql(statement)
            database.execute_sql(f"PRAGMA user_version = {number}")
    return newest


def statements(sql: str) -> list[str]:
    """The single statements of a script (triggers hold semicolons of their own)."""
    found: list[str] = []
    part = ""
    for line in sql.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            found.append(part.strip())
            part = ""
    if part.strip():
        raise ValueError(f"an SQL statement without end: {part.strip()[:60]}")
    return found
