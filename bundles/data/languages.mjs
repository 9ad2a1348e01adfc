// Generate languages.tsv (suffix or file name, language) with the languages that GitHub counts, from the choices in
// relevance/data/languages.tsv and GitHub linguist's list. Run it with `make languages`.
// https://github.com/github-linguist/linguist/blob/main/docs/how-linguist-works.md
import { readFileSync, writeFileSync } from "node:fs";
import * as linguist from "linguist-languages";

const COUNTED = new Set(["programming", "markup"]);
const byName = new Map(Object.values(linguist).map((language) => [language.name, language]));
const chosen = readFileSync(new URL("../../relevance/data/languages.tsv", import.meta.url), "utf8");
const lines = [];
for (const line of chosen.trimEnd().split("\n")) {
  const [key, name] = line.split("\t");
  const language = byName.get(name);
  if (!language || !COUNTED.has(language.type)) continue;
  // Suffixes match in any case, file names only as they are.
  const keys = new Set((language.extensions ?? []).map((suffix) => suffix.toLowerCase()).filter((suffix) => suffix === key));
  for (const file of language.filenames ?? []) if (file.toLowerCase() === key) keys.add(file);
  for (const each of keys) lines.push(`${each}\t${language.group ?? language.name}`);
}
writeFileSync(new URL("languages.tsv", import.meta.url), [...new Set(lines)].toSorted().join("\n") + "\n");
