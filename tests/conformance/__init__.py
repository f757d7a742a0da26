"""What public clients, code generators and auditors find on a running server: `make conformance` (needs Node).

Each check prints one line with its figure. The scripts (`*.mjs`) are given the server by variables (`server.py`) and
print a line for each case; `__main__.py` says which checks there are.
"""
