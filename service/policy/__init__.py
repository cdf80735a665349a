"""The law as files: regions, the library of diagrams, clauses, calendar, forms. No web, no engine."""
