"""PostgreSQL: the tables, their migrations, and one module of queries a noun. Nothing here decides anything."""
