"""Setting pages: what the tasks that make a PDF share. Nothing here knows jobs."""
