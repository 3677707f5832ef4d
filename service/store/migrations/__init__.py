"""Alembic's migrations, which travel inside the package and run when a process starts."""
