"""What each command of `telltale` does, one module a command; `service.cli` only declares their arguments."""
