"""The built-in work. Each module registers one task."""

BUILT_IN = (
    "workers.tasks.demo",
    "workers.tasks.report",
    "workers.tasks.pdf",
    "workers.tasks.export",
    "workers.tasks.http",
)
