"""Durable orchestrations on SQLite: the engine, its store and its management API."""
