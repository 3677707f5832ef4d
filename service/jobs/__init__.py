"""Durable work on the same PostgreSQL: a job only says which conversation is to be read; the tables hold the truth."""
