// The filters: they narrow the list of repositories, and the results of a question.

import { FACETS, noFacets } from "./address.js";
import { byId, make } from "./dom.js";

const form = byId("filters");
const TITLES = { language: "Language", topic: "Topic", year: "Year" };

export const isPending = (bundle) => bundle.warnings.includes("content_pending");

export const activeYear = ({ metadata }) => (metadata.pushed_at ?? metadata.created_at).slice(0, 4);

// Until its files have been read, GitHub's listing names one language of a repository.
const languagesOf = (bundle) => isPending(bundle) && !Object.keys(bundle.languages).length
  ? [bundle.metadata.language] : Object.keys(bundle.languages);

// Context files come in several shapes: look for the skill wherever it may stand.
function hasSkill(bundle, skill) {
  const text = JSON.stringify([bundle.repoContext, bundle.components ?? []]).toLowerCase();
  return text.includes(JSON.stringify(skill).toLowerCase());
}

export function matchesFacets(bundle, { language, topic, year, hide }) {
  return (!language || languagesOf(bundle).includes(language))
    && (!topic || bundle.metadata.topics.includes(topic) || hasSkill(bundle, topic))
    && (!year || activeYear(bundle) === year)
    && (!hide || !(bundle.metadata.archived || bundle.metadata.fork));
}

export const isFiltered = (chosen) => FACETS.some((name) => chosen[name]);

// Offer what the portfolio has, and keep the visitor's choice.
export function offerFacets({ facets, repositories }, chosen) {
  offer("language", Object.keys(facets.languages));
  const topics = new Set([...Object.keys(facets.topics), ...Object.keys(facets.skills)]);
  offer("topic", [...topics].sort((a, b) => a.localeCompare(b)));
  offer("year", [...new Set(repositories.map(activeYear))].sort().reverse());
  form.hidden = false;
  showChosen(chosen);
}

function offer(name, values) {
  form.elements[name].replaceChildren(make("option", { value: "" }, TITLES[name]),
    ...values.map((value) => make("option", { value }, value)));
}

export function showChosen(chosen) {
  for (const name of Object.keys(TITLES)) form.elements[name].value = chosen[name];
  form.elements.hide.checked = Boolean(chosen.hide);
  form.querySelector("[type=reset]").hidden = !isFiltered(chosen);
}

// Call `onChange` with what the visitor has chosen.
export function listenToFacets(onChange) {
  form.addEventListener("change", () => {
    const values = new FormData(form);
    onChange(Object.fromEntries(FACETS.map((name) => [name, values.get(name) ?? ""])));
  });
  form.addEventListener("reset", () => {
    form.elements.language.focus(); // the button that resets goes
    onChange(noFacets());
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}
