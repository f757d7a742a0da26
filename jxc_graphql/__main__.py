"""`python -m jxc_graphql` is `jxc`."""

from jxc_graphql.cli import main

main()
