// Keep what the page shows in its address, so that a search can be shared, and Back returns to the one before.

import { username } from "./api.js";

export const FACETS = ["language", "topic", "year", "hide"];
const isUserChosen = new URLSearchParams(location.search).has("username");
let lastEntry = formatAddress(readAddress()); // of the history; what is being typed is not in it yet
let isTyping = false;

export const noFacets = () => Object.fromEntries(FACETS.map((name) => [name, ""]));

export function readAddress() {
  const parameters = new URLSearchParams(location.search);
  return {
    question: (parameters.get("q") ?? "").trim(),
    isRead: parameters.get("read") !== "false",
    facets: Object.fromEntries(FACETS.map((name) => [name, parameters.get(name) ?? ""])),
    opened: new Set(parameters.getAll("open")),
  };
}

export function formatAddress({ question, isRead = true, facets = {}, opened = [] }) {
  const parameters = new URLSearchParams();
  if (question) parameters.set("q", question);
  if (isUserChosen) parameters.set("username", username);
  if (!isRead) parameters.set("read", "false");
  for (const name of FACETS) if (facets[name]) parameters.set(name, facets[name]);
  for (const name of opened) parameters.append("open", name);
  return parameters.size ? `?${parameters}` : location.pathname;
}

// The visitor types: the address follows, and the history stays.
export function typed(view) {
  isTyping = true;
  try {
    history.replaceState(null, "", formatAddress(view));
  } catch { // Safari allows a hundred changes in ten seconds; a later one tells the question
  }
}

// The visitor asks: a new entry of the history, behind the one that typing has overwritten.
export function asked(view) {
  const address = formatAddress(view);
  if (address !== lastEntry) {
    history.replaceState(null, "", lastEntry);
    history.pushState(null, "", address);
  }
  lastEntry = address;
  isTyping = false;
}

// The visitor opens a repository or filters: part of the same entry, unless the question is new.
export function amended(view) {
  if (isTyping) return asked(view);
  lastEntry = formatAddress(view);
  history.replaceState(null, "", lastEntry);
}

// The visitor went back or forward. Returns the view of the address; null if the page shows it already.
export function returned() {
  const view = readAddress();
  const address = formatAddress(view);
  if (address === lastEntry && !isTyping) return null; // a link within the page
  lastEntry = address;
  isTyping = false;
  return view;
}
