"""Sharing (库存共享): which branch has goods that another one lacks."""
