"""Benchmarks with targets: `make bench`."""
