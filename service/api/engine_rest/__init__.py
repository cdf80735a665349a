"""The subset of the Camunda 7 REST API: its addresses, field names and meanings, one module a resource."""
