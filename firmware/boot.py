"""Runs before main.py.  Left empty on purpose: what a board needs early goes here."""
