"""Checks before anything is in force: rules over the files, scenarios on an in-memory world, coverage."""
