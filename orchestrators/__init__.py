"""Deterministic functions that decide which activity runs next. All I/O is in the activities."""
