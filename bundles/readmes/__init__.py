from bundles.readmes.names import cut_readme, readme_path
from bundles.readmes.markdown import read_markdown
