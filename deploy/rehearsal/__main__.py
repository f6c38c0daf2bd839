"""`python -m deploy.rehearsal`: the practice cluster, until it is told to stop."""

import sys

from deploy.rehearsal.platform.command import main

sys.exit(main())
