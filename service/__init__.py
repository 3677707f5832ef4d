"""Joins the rooms: intake, store, flows, API, jobs, command line, clock. It parses no language, judges no deal."""
