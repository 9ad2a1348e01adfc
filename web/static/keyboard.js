// `/` goes to the field, the arrows through the results, Enter opens one, and Escape leads back.

const isEditable = (element) => element.matches("input, select, textarea");

export function listenToKeys({ field, answer, results, clear }) {
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const { activeElement } = document;
    if (event.key === "/" && !isEditable(activeElement)) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (activeElement === field) clear();
      else field.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const places = [field, answer, ...results.children];
      // Elsewhere the arrows scroll, or change a select; a click beside the links puts the focus on the list.
      if (!places.some((place) => place.contains(activeElement))) return;
      event.preventDefault();
      move(activeElement, event.key === "ArrowDown" ? 1 : -1);
    }
  });

  // Enter on the button that has the focus opens its repository.
  function move(activeElement, step) {
    const buttons = [...results.querySelectorAll(".open")];
    const current = buttons.findIndex((button) => button.closest("li").contains(activeElement));
    const next = current + step;
    if (next < 0) field.focus();
    else buttons[Math.min(next, buttons.length - 1)]?.focus();
  }
}
