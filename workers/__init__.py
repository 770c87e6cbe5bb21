"""The worker edge: what moves jobs. The Celery app and its one task, the slot, the heartbeat, the dispatcher."""
