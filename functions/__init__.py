"""The HTTP edge: one file per resource, each deployable alone. A handler is parse, one call, render."""
