"""The pages, scripts and documents that people open in a browser."""
