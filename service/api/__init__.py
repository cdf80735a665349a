"""The HTTP API, thin over casework: reads requests, asks a verb or a query, writes answers. Knows no engine."""
