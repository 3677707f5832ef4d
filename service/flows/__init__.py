"""What the service does, one verb a file. A flow is given everything: the database, the time, the ids, the reading."""
