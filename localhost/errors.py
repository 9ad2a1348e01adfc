"""Why a host cannot start."""


class CannotStart(Exception):
    """The host cannot start; the message says why and what to do."""
