"""Who may do what: keys, roles, workspaces, sessions of pages, and what is remembered of every change."""
