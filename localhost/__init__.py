"""Runs a function app of the Python v2 model on this machine, with the real Durable SDK."""
