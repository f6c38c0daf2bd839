"""What is killed for real, and what the cluster then holds: `make test-crash`.

The product runs as it does in production: web, worker and beat as processes, Redis, PostgreSQL, and the
practice cluster at the other end of a wire that can be cut.
"""
