"""The books (账簿): where everything that happens is written, once; documents call down to them.

`door` is where documents go in, with the `trades` that they say they are; features: `goods` what lies where and what it
is worth, `trade` what was bought and sold, and with whom.
"""
