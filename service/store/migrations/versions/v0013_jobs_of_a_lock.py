"""The queue's index of jobs that wait or are being done, by their lock.

Whoever takes the next job asks of each that waits whether another one with its lock comes before it. The library's own
index begins with the id: that question then reads the whole index, and a backlog of n jobs costs n * n to take one. It
keeps its name, for the library's own migrations to find it.
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME = "procrastinate_jobs_id_lock_idx_v1"


def upgrade() -> None:
    of("lock, id")


def downgrade() -> None:
    of("id, lock")


def of(columns: str) -> None:
    op.execute(f"DROP INDEX IF EXISTS {NAME}")
    op.execute(f"CREATE INDEX {NAME} ON procrastinate_jobs ({columns}) WHERE status IN ('todo', 'doing')")
