"""Schedules whose run is kept in memory open no database: the tests on SQLite go through them for both."""

import os

IN_MEMORY = ["test_hazards.py", "test_kernel.py", "test_seeds.py", "test_teeth.py"]
collect_ignore = IN_MEMORY if os.environ.get("DATABASE_URL", "").startswith("postgres") else []
