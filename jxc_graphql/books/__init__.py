"""The books (账簿): where everything that happens is written, once; documents call down to them.

Features: `goods` what lies where and what it is worth.
"""
