"""The parts of the ranking: text, context files, the index. `ai_assistant` puts them together."""
