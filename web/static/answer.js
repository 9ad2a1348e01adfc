// The written answer, with its citations as footnotes.

import { byId, link, make, skeleton } from "./dom.js";

let shownPath = null; // the address of the answer that is shown

export const isAnswerShown = (path) => path === shownPath;

// Keep the place of the answer while it is being written, so that the results below do not jump.
export function awaitAnswer() {
  const answer = byId("answer");
  shownPath = null;
  answer.style.minHeight = answer.hidden ? "" : `${answer.offsetHeight}px`;
  answer.hidden = false;
  answer.setAttribute("aria-busy", "true");
  byId("answer-text").replaceChildren(skeleton(2));
  byId("citations").replaceChildren();
}

export function hideAnswer() {
  shownPath = null;
  byId("answer").hidden = true;
  byId("suggestions").replaceChildren();
}

export function showAnswer({ answer, suggestions = [] }, path, ask) {
  const section = byId("answer");
  shownPath = path;
  section.hidden = !answer;
  section.removeAttribute("aria-busy");
  section.style.minHeight = "";
  if (answer) {
    const notes = answer.citations;
    byId("answer-text").replaceChildren(...(answer.sentences?.length ? sentenceNodes(answer.sentences, notes)
      : textNodes(answer.text, notes)));
    byId("citations").replaceChildren(...notes.map((note, index) =>
      make("li", { id: `source-${index + 1}` }, link(note.url, {}, note.name))));
  }
  byId("suggestions").replaceChildren(...suggestions.map((text) => {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", () => ask(text));
    return button;
  }));
}

function sentenceNodes(sentences, notes) {
  return sentences.flatMap((sentence, index) => {
    const numbers = (sentence.repositories ?? []).map((repository) =>
      notes.findIndex((note) => note.name === (repository.name ?? repository)));
    return [index ? " " : "", sentence.text, ...numbers.filter((number) => number >= 0).map((number) => noteLink(notes, number))];
  });
}

// Without sentences: a number behind the first mention of each cited repository.
function textNodes(text, notes) {
  const mentions = notes.map((note, number) => ({ number, end: endOfMention(text, note.name) }))
    .filter(({ end }) => end > 0).sort((a, b) => a.end - b.end);
  const nodes = [];
  let start = 0;
  for (const { number, end } of mentions) {
    nodes.push(text.slice(start, end), noteLink(notes, number));
    start = end;
  }
  return [...nodes, text.slice(start)];
}

// A name counts only as a whole: `atlas` is not mentioned in `atlas-maps`.
function endOfMention(text, name) {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const match = new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`).exec(text);
  return match ? match.index + name.length : 0;
}

// The number is drawn by CSS, so that an answer that is copied reads without it.
function noteLink(notes, number) {
  const target = `source-${number + 1}`;
  const label = `Source ${number + 1}: ${notes[number].name}`;
  const note = make("a", { href: `#${target}`, class: "note", "data-number": String(number + 1), "aria-label": label });
  note.addEventListener("click", (event) => {
    event.preventDefault(); // the address keeps the question
    byId(target).querySelector("a")?.focus();
  });
  return make("sup", {}, note);
}
