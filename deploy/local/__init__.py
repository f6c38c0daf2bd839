"""Gameday on one machine: set-up, the practice stack, `make day`, `make test`. Never imported by the product.

Everything up to a working virtual environment (`__main__`, `say`, `paths`, `venv`, `packages`, `binaries`)
uses the standard library only, since it runs before anything is installed.
"""
