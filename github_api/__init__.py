"""How GitHub is asked: connections, one request at a time, and what its answers mean."""
