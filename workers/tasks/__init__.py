"""The built-in work. Each module registers one task."""

BUILT_IN = ("workers.tasks.demo",)
