// Generate languages.tsv (suffix or file name, language; none if GitHub does not count it), from the choices in
// relevance/data/languages.tsv and GitHub linguist's list. Run it with `make languages`.
// https://github.com/github-linguist/linguist/blob/main/docs/how-linguist-works.md
import { readFileSync, writeFileSync } from "node:fs";
import * as linguist from "linguist-languages";

const COUNTED = new Set(["programming", "markup"]);
const byName = new Map(Object.values(linguist).map((language) => [language.name, language]));
const chosen = readFileSync(new URL("../../relevance/data/languages.tsv", import.meta.url), "utf8");
const rows = chosen.trimEnd().split("\n").map((line) => line.split("\t"));
const counted = new Map();
const others = new Set();
for (const [key, name] of rows) {
  const language = byName.get(name);
  // Suffixes match in any case, file names only as they are.
  const keys = new Set((language?.extensions ?? []).map((suffix) => suffix.toLowerCase()).filter((suffix) => suffix === key));
  for (const file of language?.filenames ?? []) if (file.toLowerCase() === key) keys.add(file);
  for (const each of keys) {
    if (COUNTED.has(language.type)) counted.set(each, language.group ?? language.name);
    else others.add(each);
  }
}
// A longer name decides, also if GitHub does not count its language: `.gradle.kts` is no Kotlin.
const suffixes = (name) => [...name.toLowerCase().matchAll(/(?<=.)\./g)].map((dot) => name.toLowerCase().slice(dot.index));
for (const key of others) if (suffixes(key).some((suffix) => counted.has(suffix))) counted.set(key, "");
const lines = [...counted].map((row) => row.join("\t"));
writeFileSync(new URL("languages.tsv", import.meta.url), lines.toSorted().join("\n") + "\n");
