"""They open no database: the tests on SQLite go through them for both."""

import os

ALL = ["test_seeds_on_the_api.py", "test_server.py", "test_teeth_on_the_api.py"]
collect_ignore = ALL if os.environ.get("DATABASE_URL", "").startswith("postgres") else []
