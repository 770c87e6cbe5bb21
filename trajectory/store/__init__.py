"""PostgreSQL: the tables, and every statement that Trajectory sends. No SQL lives elsewhere."""
