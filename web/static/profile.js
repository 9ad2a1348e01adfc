// The portfolio at a glance: what it is made of, when it was made, and what stands out.
// Everything in it asks a question, or opens a repository.

import { getJson, queryPath } from "./api.js";
import { byId, counted, joined, make, skeleton } from "./dom.js";
import { activeYear } from "./facets.js";
import { openingLink, questionLink } from "./questions.js";
import { dot, languageBar, percent } from "./repository.js";

const MAX_LANGUAGES = 8;
const MAX_NAMES = 6; // in an area
const MAX_NOTABLE = 4;
const AWAITED_ROWS = 9;
const MAX_NAMED_YEARS = 10; // of more, every second one is named
const STACK = "what is the stack";
const NOTABLE = "most notable repositories";
const LANGUAGES = "strongest languages";

export function awaitProfile() {
  const glance = byId("glance");
  glance.hidden = false;
  if (glance.childElementCount) return;
  glance.replaceChildren(...Array.from({ length: AWAITED_ROWS }, () => make("div", { class: "row" }, skeleton(1), skeleton(2))));
}

// Show the profile of `portfolio`; what the API does not tell comes from the portfolio's own lists.
export async function showProfile(portfolio) {
  const [stack, notable] = await Promise.all([told(STACK, 1), told(NOTABLE, MAX_NOTABLE)]);
  const technologies = Array.isArray(stack.fact?.value) ? stack.fact.value.filter((row) => row.kind && row.technology) : [];
  byId("glance").replaceChildren(...[
    languagesRow(portfolio, technologies),
    ...areaRows(portfolio.facets, technologies),
    yearsRow(portfolio.repositories),
    notableRow(portfolio.repositories, notable.fact ? notable.results : []),
  ].filter((row) => row !== null));
}

async function told(question, limit) {
  try {
    return (await getJson(queryPath(question, { limit, answer: false }))).body;
  } catch {
    return {}; // the portfolio's lists have to do
  }
}

const row = (title, ...nodes) => make("section", { class: "row" }, make("h2", {}, title), make("div", {}, ...nodes));

// Programming languages, the strongest first, as the API ranks them: markup and styles do not lead.
function languagesRow({ facets, repositories }, technologies) {
  const ranked = technologies.filter(({ kind }) => kind === "languages").map(({ technology }) => technology);
  const names = ranked.length ? ranked : Object.keys(facets.languages);
  const bytes = (name) => repositories.reduce((sum, bundle) => sum + (bundle.languages[name] ?? 0), 0);
  const sizes = names.map((name) => [name, bytes(name)]).filter(([, size]) => size > 0);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (!total) return null;
  const shown = sizes.slice(0, MAX_LANGUAGES);
  const items = shown.map(([name, size]) => make("li", {}, dot(name), questionLink(`which projects use ${name}?`, name),
    make("span", { class: "quiet" }, `${percent(size, total)} · ${facets.languages[name] ?? 0}`,
      make("span", { class: "unseen" }, " repositories"))));
  const more = sizes.length - shown.length;
  return row("Languages", languageBar(sizes), make("ol", { class: "languages-list" }, ...items),
    make("p", { class: "quiet note-line" }, "Share of the code · number of repositories",
      ...(more > 0 ? [" · ", questionLink(LANGUAGES, `${more} more`)] : [])));
}

function areaRows({ topics, skills }, technologies) {
  const areas = new Map();
  for (const { kind, technology, repositories } of technologies) {
    if (kind !== "languages") areas.set(kind, [...(areas.get(kind) ?? []), [technology, repositories]]);
  }
  const known = new Set(technologies.map(({ technology }) => spelling(technology)));
  const subjects = Object.entries({ ...topics, ...skills }).filter(([name]) => !known.has(spelling(name)))
    .sort((a, b) => b[1] - a[1]);
  return [
    ...[...areas].map(([kind, names]) => areaRow(kind, names, (name) => `which projects use ${name}?`, STACK)),
    subjects.length ? areaRow("subjects", subjects, (name) => `what is there about ${name}?`, null) : null,
  ];
}

const spelling = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}+#]/gu, "");

function areaRow(kind, names, question, questionOfRest) {
  const links = names.slice(0, MAX_NAMES).map(([name, count]) =>
    make("span", { class: "name" }, questionLink(question(name), name),
      count > 1 ? make("span", { class: "quiet" }, ` ${count}`, make("span", { class: "unseen" }, " repositories")) : null));
  const more = names.length - links.length;
  const rest = more > 0 && questionOfRest ? [" ", questionLink(questionOfRest, `${more} more`, { class: "quiet" })] : [];
  return row(kind[0].toUpperCase() + kind.slice(1), make("p", { class: "names" }, ...joined(links, " "), ...rest));
}

// Two columns a year: repositories created in it, and those pushed to last in it.
function yearsRow(repositories) {
  const created = count(repositories.map(({ metadata }) => metadata.created_at.slice(0, 4)));
  const pushed = count(repositories.map(activeYear));
  const years = [...created.keys(), ...pushed.keys()].map(Number);
  if (!years.length) return null;
  const first = Math.min(...years);
  const most = Math.max(...created.values(), ...pushed.values());
  const columns = Array.from({ length: Math.max(...years) - first + 1 }, (_, index) => {
    const year = String(first + index);
    const column = (kind, amount) => make("i", { class: kind, style: { height: `${(100 * amount) / most}%` }, "aria-hidden": "true" });
    const [made, active] = [created.get(year) ?? 0, pushed.get(year) ?? 0];
    const label = `${year}: ${made} created, ${active} last pushed`;
    const columnLink = questionLink(`projects created in ${year}`, make("span", { class: "pair" },
      column("created", made), column("pushed", active)), { "aria-label": label, title: label });
    columnLink.append(make("span", { class: "year" }, year));
    return make("li", {}, columnLink);
  });
  return row("Years", make("ol", { class: columns.length > MAX_NAMED_YEARS ? "years many" : "years" }, ...columns),
    make("p", { class: "quiet note-line" }, make("i", { class: "key created" }), "repositories created ",
      make("i", { class: "key pushed" }), "last pushed to"));
}

function count(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

// As the API tells; until it does, by stars.
function notableRow(repositories, results) {
  const starred = repositories.filter(({ metadata }) => metadata.stargazers_count)
    .sort((a, b) => b.metadata.stargazers_count - a.metadata.stargazers_count)
    .map(({ metadata }) => ({ name: metadata.name, description: metadata.description,
      reasons: [counted(metadata.stargazers_count, "star")] }));
  const notable = (results.length ? results : starred).slice(0, MAX_NOTABLE);
  if (!notable.length) return null;
  return row("Notable", make("ol", { class: "notable" }, ...notable.map(({ name, description, reasons }) =>
    make("li", {}, openingLink(name), description ? ` ${description}` : "",
      make("span", { class: "quiet" }, reasons.join("; "))))));
}
