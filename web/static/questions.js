// Links that ask this page a question. They work in a new tab, too.

import { formatAddress } from "./address.js";
import { make } from "./dom.js";

export const questionLink = (question, label = question, attributes = {}) =>
  make("a", { href: formatAddress({ question }), "data-question": question, ...attributes }, label);

// A link that opens a repository in the list below.
export const openingLink = (name) =>
  make("a", { href: formatAddress({ opened: [name] }), "data-open": name }, name);

// Follow such links within the page, unless the visitor wants another tab.
export function listenToLinks(ask, open) {
  document.addEventListener("click", (event) => {
    const target = event.target.closest("a[data-question], a[data-open]");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (target.dataset.question) ask(target.dataset.question);
    else open(target.dataset.open);
  });
}
