"""Comparing runs: the paper's tables, the studies beyond it, and the page that shows them.

All of it works from run folders and their scores files; no picture goes through a network here.
"""
