"""The base of the errors that keep the host from starting."""


class CannotStart(Exception):
    """The host cannot start; the message says why and what to do."""
