"""The pure domain of school records: parties, facts, actions, statuses. Knows no database, engine or web."""
