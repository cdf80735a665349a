"""Orchestrator of school registry procedures (学籍业务流程编排)."""
