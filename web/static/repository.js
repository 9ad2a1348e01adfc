// A repository in a list: as the result of a question, or as one of the portfolio.

import { fillDetails } from "./details.js";
import { counted, highlighted, joined, link, make } from "./dom.js";
import { isPending } from "./facets.js";

const DEFAULT_COLOR = "#8b949e";
const MAX_NAMED_LANGUAGES = 4;
const MIN_NAMED_SHARE = 0.02; // of the code; the first is named in any case
const MAX_TOPICS = 4;
let colors = {}; // language -> colour

export function useColors(colorsOfLanguages) {
  colors = colorsOfLanguages;
}

const colorOf = (language) => colors[language] ?? DEFAULT_COLOR;

export const dot = (language) => make("i", { class: "dot", style: { background: colorOf(language) }, "aria-hidden": "true" });

export function percent(part, whole) {
  const share = (100 * part) / whole;
  return share < 1 ? "< 1 %" : `${Math.round(share)} %`;
}

// A thin bar of [name, bytes] pairs. Those who cannot see it read the names beside it.
export function languageBar(sizes) {
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  return make("span", { class: "mix", "aria-hidden": "true" }, ...sizes.map(([name, size]) =>
    make("i", { style: { width: `${(100 * size) / total}%`, background: colorOf(name) } })));
}

function languageLine(languages) {
  const sizes = Object.entries(languages);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (!total) return null;
  if (sizes.length === 1) return make("p", { class: "languages quiet" }, dot(sizes[0][0]), sizes[0][0]);
  const names = sizes.slice(0, MAX_NAMED_LANGUAGES).filter(([, size], index) => !index || size >= MIN_NAMED_SHARE * total)
    .map(([name, size]) => make("span", { class: "language" }, dot(name), `${name} ${percent(size, total)}`));
  return make("p", { class: "languages quiet" }, languageBar(sizes), ...joined(names, " "));
}

// `places` says what is opened, and is told when the visitor opens or closes a repository.
function item(name, title, note, places, ...children) {
  const id = `details-${name}`;
  const details = make("div", { class: "details", id, hidden: "" });
  const button = make("button", { type: "button", class: "open", "aria-expanded": "false", "aria-controls": id,
    "aria-label": `Details of ${name}` }, "Details");
  function toggle(isOpen) {
    button.setAttribute("aria-expanded", String(isOpen));
    details.hidden = !isOpen;
    if (isOpen) fillDetails(details, name);
  }
  button.addEventListener("click", () => {
    const isOpen = details.hidden;
    toggle(isOpen);
    places.onToggle(name, isOpen);
  });
  if (places.opened.has(name)) toggle(true);
  return make("li", { class: "repository", "data-name": name },
    make("div", { class: "head" }, make("h3", {}, title), note, button), ...children, details);
}

export function resultItem(result, places) {
  const terms = result.matched_terms;
  // What a fact rests on was not ranked.
  const isRanked = Object.keys(result.signals).length > 0;
  const score = isRanked ? make("span", { class: "score quiet", title: "How well it answers, from 0 to 100" },
    String(Math.round(100 * result.score))) : null;
  // The description stands above its evidence already.
  const evidence = (result.evidence ?? []).filter(({ signal }) => signal !== "description").map((proof) => make("li", {}, ...evidenceNodes(proof, terms)));
  const parts = (result.parts ?? []).map((part) => link(part.url, {}, part.path || part.name));
  return item(result.name, link(result.url, {}, ...highlighted(result.name, terms)), score, places,
    result.description ? make("p", {}, ...highlighted(result.description, terms)) : null,
    result.reasons.length ? make("p", { class: "quiet" }, result.reasons.join("; ")) : null,
    evidence.length ? make("ul", { class: "evidence", "aria-label": "Evidence" }, ...evidence) : null,
    parts.length ? make("p", { class: "quiet" }, "In ", ...joined(parts, ", ")) : null,
    languageLine(result.languages));
}

function evidenceNodes({ path, line, quote, url, signal }, terms) {
  const place = path ? `${path}${line ? `:${line}` : ""}` : signal.replaceAll("_", " ");
  return [link(url, { class: "place" }, place), quote ? " — " : "",
    quote ? make("q", {}, ...highlighted(quote, terms)) : null].filter((node) => node);
}

export function nearestItem(result, places) {
  const title = make("span", {}, "Nearest: ", link(result.url, {}, result.name));
  return item(result.name, title, null, places, result.description ? make("p", {}, result.description) : null);
}

export function portfolioItem(bundle, places) {
  const { metadata } = bundle;
  const facts = [
    isPending(bundle) ? "not read yet" : bundle.difficulty.level,
    `active ${metadata.pushed_at?.slice(0, 4) ?? "never"}`,
    metadata.stargazers_count ? counted(metadata.stargazers_count, "star") : null,
    metadata.archived ? "archived" : null, metadata.fork ? "fork" : null,
    ...metadata.topics.slice(0, MAX_TOPICS)].filter((fact) => fact);
  return item(metadata.name, link(metadata.html_url, {}, metadata.name), null, places,
    metadata.description ? make("p", {}, metadata.description) : null,
    make("p", { class: "quiet" }, facts.join(" · ")),
    languageLine(bundle.languages));
}
