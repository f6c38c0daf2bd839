"""Several `manage.py` calls in one process: for the preparations, where nobody's separate act is due.

`python -m deploy.local.seed` reads a JSON list of argument lists from standard input and runs them in order;
the first that is refused ends it, with its sentence on stderr and its exit status.
"""

import json
import sys

import django
from django.core.management import ManagementUtility


def main() -> int:
    """Returns 0; a refusal ends the process from inside the command."""
    calls = json.load(sys.stdin)
    django.setup()
    for call in calls:
        ManagementUtility(["manage.py", *call]).execute()
    return 0


if __name__ == "__main__":
    sys.exit(main())
