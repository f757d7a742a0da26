"""Transfers (调拨): goods go from one warehouse to another, and from place to place within one."""
