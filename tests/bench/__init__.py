"""Figures, never tests: `python -m tests.bench NAME` measures one thing and prints it.

The machines that run this are shared and noisy, so speed is told as ratios of contenders measured side by side in
one run, and safety as counts that ought to be zero. `python -m tests.bench` measures everything, in about ten minutes.
"""
