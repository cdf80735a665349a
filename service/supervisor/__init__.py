"""The supervisor: one process that starts everything an installation needs and ends it again.

It knows processes, folders, sockets and signals. It must not know what the service does: the work
before the first request (migrations, demo data, deployments) reaches it as named steps of a Plan.
"""
