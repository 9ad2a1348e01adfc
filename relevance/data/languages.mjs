// Generate two tables from GitHub linguist's list: languages.tsv (suffix or file name, language, type) for the ranking,
// and colors.json (the colours that GitHub shows) for the search page. Run it with `make languages`.
// https://github.com/github-linguist/linguist/blob/main/lib/linguist/languages.yml
import { writeFileSync } from "node:fs";
import * as linguist from "linguist-languages";

// Where several languages claim a suffix, linguist looks into the file. We do not: the most common language wins.
const COMMON = {
  ".asm": "Assembly", ".b": "Brainfuck", ".cls": "TeX", ".cs": "C#", ".d": "D", ".e": "Eiffel", ".es": "JavaScript",
  ".ex": "Elixir", ".f": "Fortran", ".fs": "F#", ".g4": "ANTLR", ".gd": "GDScript", ".gs": "Google Apps Script",
  ".h": "C", ".html": "HTML", ".inc": "PHP", ".json": "JSON", ".l": "Lex", ".lisp": "Common Lisp", ".m": "Objective-C",
  ".md": "Markdown", ".ml": "OCaml", ".mm": "Objective-C++", ".n": "Nemerle", ".php": "PHP", ".pl": "Perl",
  ".pro": "Prolog", ".properties": "Java Properties", ".r": "R", ".rs": "Rust", ".s": "Assembly", ".sc": "Scala",
  ".sql": "SQL", ".t": "Perl", ".tf": "HCL", ".ts": "TypeScript", ".tsx": "TSX", ".txt": "Text", ".v": "Verilog",
  ".vb": "Visual Basic .NET", ".x": "RPC", ".yaml": "YAML", ".yml": "YAML", ".xml": "XML", ".toml": "TOML",
  ".lua": "Lua", ".sh": "Shell", ".py": "Python", ".rb": "Ruby", ".jl": "Julia", ".kt": "Kotlin", ".nix": "Nix",
};
const claims = new Map();
for (const language of Object.values(linguist)) {
  for (const key of [...(language.extensions ?? []), ...(language.filenames ?? [])]) {
    const lower = key.toLowerCase();
    claims.set(lower, [...(claims.get(lower) ?? []), language]);
  }
}
const lines = [...claims].map(([key, languages]) => {
  const first = (language) => (language.extensions?.[0] === key ? 0 : 1);
  const chosen =
    languages.find((language) => language.name === COMMON[key]) ??
    languages.toSorted((a, b) => first(a) - first(b) || a.languageId - b.languageId)[0];
  return `${key}\t${chosen.name}\t${chosen.type}`;
});
writeFileSync(new URL("languages.tsv", import.meta.url), lines.toSorted().join("\n") + "\n");

const colors = Object.values(linguist)
  .filter((language) => language.color && ["programming", "markup"].includes(language.type))
  .map((language) => [language.name, language.color]);
const text = JSON.stringify(Object.fromEntries(colors.toSorted()), null, 0).replaceAll('","', '",\n"');
writeFileSync(new URL("../../web/static/colors.json", import.meta.url), text + "\n");
