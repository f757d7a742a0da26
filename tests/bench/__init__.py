"""Figures, never tests: `python -m tests.bench NAME` measures one thing and prints it.

The machines that run this are shared and noisy, so speed is told as ratios of contenders measured side by side in
one run, and safety as counts that ought to be zero. `python -m tests.bench` measures everything, which takes hours;
`python -m tests.bench.beside NAME` measures one thing on the release and on this commit, in five rounds that alternate.
"""
