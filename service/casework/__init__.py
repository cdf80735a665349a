"""The verbs: each one transaction, from the lock of the instance row to the commit."""
