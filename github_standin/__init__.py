"""A stand-in for GitHub: REST, GraphQL and raw files of repositories from a folder or from memory."""
