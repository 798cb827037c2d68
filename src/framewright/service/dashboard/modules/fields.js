// Fields of a form, each with its label, a hint and a place for what the service says of it.
//   field(id, label, control, hint)   .element, .control, .complain(sentence), .clear()

import { make, write } from "./elements.js";

/** @param {string} id @param {string} label @param {HTMLElement} control @param {string} [hint] */
export const field = (id, label, control, hint = "") => {
  const wrong = make("p", { class: "wrong", id: `${id}-wrong`, hidden: true });
  const hinted = hint === "" ? null : make("p", { class: "hint", id: `${id}-hint` }, hint);
  control.id = id;
  control.setAttribute("name", id);
  control.setAttribute("aria-describedby", [hinted && `${id}-hint`, `${id}-wrong`].filter(Boolean).join(" "));
  const ticked = control instanceof HTMLInputElement && control.type === "checkbox";
  const named = make("label", { class: ticked ? "tick" : "label", for: id }, label);
  return {
    control,
    element: make("div", { class: ticked ? "field field-tick" : "field" }, ...(ticked ? [control, named] : [named, control]), hinted, wrong),
    /** @param {string} sentence */
    complain: (sentence) => {
      write(wrong, sentence);
      wrong.hidden = false;
      control.setAttribute("aria-invalid", "true");
    },
    clear: () => {
      wrong.hidden = true;
      control.removeAttribute("aria-invalid");
    },
  };
};

/** @param {[string, string][]} options @param {string} chosen */
export const select = (options, chosen = "") => {
  const element = make("select", null, ...options.map(([value, words]) => make("option", { value }, words)));
  element.value = chosen;
  return element;
};
