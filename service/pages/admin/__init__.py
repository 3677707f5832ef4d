"""What administrators look after: keys, workspaces, connectors, dead letters, retention, and who changed what."""
