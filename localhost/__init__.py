"""A small Functions host: runs an app of the Python v2 model on this machine."""
