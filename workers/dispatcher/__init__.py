"""The dispatcher keeps wake-ups, due times, lost workers and statistics right: one file a duty.

Several may run; the one that holds PostgreSQL's advisory lock acts, and another takes over when it dies.
"""
