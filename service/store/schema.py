"""All tables there are, for what has to go through each of them."""

from __future__ import annotations

import importlib
import pkgutil

import sqlalchemy as sa

import service.store
from service.store.tables import metadata

__all__ = ["every_table"]


def every_table() -> list[sa.Table]:
    """Those of `tables.py` and of each `*_tables.py` beside it, referenced ones first."""
    for module in pkgutil.iter_modules(service.store.__path__):
        if module.name.endswith(("_table", "_tables")):
            importlib.import_module(f"service.store.{module.name}")
    return list(metadata.sorted_tables)
