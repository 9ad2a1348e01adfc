// What opens below a repository: what it is made of, where that stands, and how difficult it is.

import { getJson, repositoryPath } from "./api.js";
import { counted, joined, link, make, skeleton } from "./dom.js";
import { questionLink } from "./questions.js";

const MAX_NAMES = 12; // of packages, for each file
const read = new Map(); // name -> the bundle as it was last read
let skills = []; // of the whole portfolio

export function useSkills(names) {
  skills = names;
}

// Show what was last read at once, and whatever has changed since as soon as it comes.
export async function fillDetails(container, name) {
  const known = read.get(name);
  container.replaceChildren(...(known ? describe(known) : [skeleton(5)]));
  try {
    const { body } = await getJson(repositoryPath(name));
    if (known && JSON.stringify(known) === JSON.stringify(body)) return;
    read.set(name, body);
    container.replaceChildren(...describe(body));
  } catch (error) {
    if (!known) container.replaceChildren(make("p", {}, `That did not work: ${error.message}`));
  }
}

function describe(bundle) {
  const { metadata, summary, difficulty } = bundle;
  const rows = [
    ["Parts", list((bundle.components ?? []).map((part) => componentNodes(bundle, part)))],
    ["Built with", list(packageNodes(bundle))],
    ["Skills", skillNodes(bundle)],
    ["Difficulty", difficulty ? [difficulty.level, difficulty.reasons?.length ? `: ${difficulty.reasons.join("; ")}` : ""] : []],
    ["History", [historyOf(bundle)]],
    ["Not read", [bundle.warnings.map((code) => code.replaceAll("_", " ").replace(/:(?! )/, ": ")).join("; ")]],
  ].filter(([, nodes]) => nodes.some((node) => node));
  return [
    summary && summary !== metadata.description ? make("p", { class: "summary" }, summary) : "",
    make("dl", {}, ...rows.flatMap(([term, nodes]) => [make("dt", {}, term), make("dd", {}, ...nodes)])),
    make("p", { class: "links" }, ...joined([
      link(metadata.html_url, {}, "GitHub"),
      ...(metadata.homepage ? [link(metadata.homepage, {}, "Homepage")] : []),
      questionLink(`what is similar to ${metadata.name}?`, "Similar repositories"),
    ], " · ")),
  ].filter((node) => node);
}

const list = (items) => (items.length ? [make("ul", {}, ...items.map((nodes) => make("li", {}, ...nodes)))] : []);

// Link to a file as it was read. Without its commit, the line may have moved.
function fileUrl({ metadata, revision }, path, line, view = "blob") {
  const file = path.split("/").map(encodeURIComponent).join("/");
  const plain = /\.md$/i.test(path) ? "?plain=1" : ""; // GitHub shows lines in the source alone
  const anchor = line && revision?.commit ? `${plain}#L${line}` : "";
  return `${metadata.html_url}/${view}/${revision?.commit ?? "HEAD"}/${file}${anchor}`;
}

function componentNodes(bundle, { path, name, description, technologies }) {
  const text = [description, technologies.join(", ")].filter((part) => part).join(" · ");
  return [link(fileUrl(bundle, path, null, "tree"), { class: "place" }, path || name), text ? ` — ${text}` : ""];
}

// The packages, by the file that names them; each links to its line.
function packageNodes(bundle) {
  const { files = [], dependencies = {} } = bundle.locations ?? {};
  const byFile = new Map();
  for (const [name, [file, line]] of Object.entries(dependencies)) {
    byFile.set(files[file], [...(byFile.get(files[file]) ?? []), link(fileUrl(bundle, files[file], line), {}, name)]);
  }
  const nodes = [...byFile].map(([path, links]) => [
    link(fileUrl(bundle, path), { class: "place" }, path), " — ", ...joined(links.slice(0, MAX_NAMES), ", "),
    links.length > MAX_NAMES ? ` and ${links.length - MAX_NAMES} more` : ""]);
  const unplaced = (bundle.dependencies ?? []).filter((name) => !Object.hasOwn(dependencies, name));
  return unplaced.length ? [...nodes, [unplaced.slice(0, MAX_NAMES).join(", ")]] : nodes;
}

// The skills that the repository's context files name, each with its line.
function skillNodes(bundle) {
  const { files = [], contexts = {} } = bundle.locations ?? {};
  const links = skills.filter((skill) => Object.hasOwn(contexts, skill))
    .map((skill) => link(fileUrl(bundle, files[contexts[skill][0]], contexts[skill][1]), {}, skill));
  return joined(links, ", ");
}

function historyOf({ metadata, commits }) {
  const month = (date) => new Date(date).toLocaleDateString(undefined, { month: "long", year: "numeric", timeZone: "UTC" });
  return [
    `created ${month(metadata.created_at)}`,
    metadata.pushed_at ? `last pushed ${month(metadata.pushed_at)}` : null,
    commits ? counted(commits, "commit") : null,
    metadata.stargazers_count ? counted(metadata.stargazers_count, "star") : null,
    metadata.license,
  ].filter((fact) => fact).join(" · ");
}
