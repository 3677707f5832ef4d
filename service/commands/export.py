"""`telltale export`: what business intelligence reads, as Parquet files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.commands.serve import run
from service.commands.terminal import DONE, UnusableError, complain
from service.settings import Settings

if TYPE_CHECKING:
    from service.api.service import Service

__all__ = ["export"]

AT_ONCE = 10_000
SUFFIX = ".parquet"
# PostgreSQL's type → the name of pyarrow's function for it, and its arguments. Amounts stay exact.
TYPES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "text": ("string", ()),
    "uuid": ("string", ()),
    "boolean": ("bool_", ()),
    "bigint": ("int64", ()),
    "integer": ("int32", ()),
    "double precision": ("float64", ()),
    "numeric": ("decimal128", (38, 6)),
    "date": ("date32", ()),
    "timestamp with time zone": ("timestamp", ("us", "UTC")),
}


def export(settings: Settings, out: str) -> int:
    """A file for each view into the folder, which is made; a file of before is replaced once the new one is whole."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UnusableError("telltale export needs pyarrow: pip install 'telltale[export]'") from None
    folder = Path(out)

    def then(service: Service) -> int:
        from service.store import bi_views

        folder.mkdir(parents=True, exist_ok=True)
        context = service.context
        with bi_views.reading(context.database, context.workspace) as connection:
            for view in bi_views.VIEWS:
                fields = bi_views.columns(connection, view)
                schema = pa.schema([(name, getattr(pa, TYPES[kind][0])(*TYPES[kind][1])) for name, kind in fields])
                name = view.removeprefix("bi_") + SUFFIX
                part = folder / (name + ".part")
                count = 0
                with pq.ParquetWriter(part, schema, compression="zstd") as writer:
                    for some in bi_views.rows(connection, view, at_once=AT_ONCE):
                        held = [dict(zip(schema.names, map(plain, row), strict=True)) for row in some]
                        writer.write_table(pa.Table.from_pylist(held, schema=schema))
                        count += len(some)
                part.replace(folder / name)
                complain(f"{folder / name}: {count} rows")
        return DONE

    return run(settings, then)


def plain(value: object) -> object:
    match value:
        case UUID():
            return str(value)
        case Decimal():
            return value.quantize(Decimal("0.000001"))
        case _:
            return value
