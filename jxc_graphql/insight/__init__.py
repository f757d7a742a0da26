"""Insight (洞察): what the books tell; nothing here moves goods.

Features: `alerts`, `analytics`, `recalls`; above them `verification`, which compares everything with the books.
"""
