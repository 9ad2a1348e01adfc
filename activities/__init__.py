"""All I/O of a refresh, one module per outside system. A registered activity is a shell around a
plain function."""
