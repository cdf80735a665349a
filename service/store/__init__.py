"""PostgreSQL: the tables, the migrations and every query. Knows no engine, no HTTP and no verb."""
