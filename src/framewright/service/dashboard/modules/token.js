// The token of this visit. It is kept for the tab alone, and sent only in the Authorization header.
//   bearer()        the header's value, or null
//   forget()        no token any more
//   ask(sentence)   asks for one; false when the visitor would not give any
//   onChange(f)     is told when there is a token, or none any more

import { make, write } from "./elements.js";

const KEY = "framewright-token";

/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Promise<boolean> | null} */
let asking = null;

export const bearer = () => {
  const token = sessionStorage.getItem(KEY);
  return token === null ? null : `Bearer ${token}`;
};

/** @param {() => void} listener */
export const onChange = (listener) => void listeners.add(listener);

const changed = () => listeners.forEach((listener) => listener());

export const forget = () => {
  sessionStorage.removeItem(KEY);
  changed();
};

/** @param {string} sentence @returns {Promise<boolean>} */
const open = (sentence) =>
  new Promise((done) => {
    const field = make("input", { type: "password", id: "token", name: "token", autocomplete: "off", spellcheck: "false", required: true });
    const why = make("p", { class: "hint", id: "token-why" });
    write(why, sentence);
    field.setAttribute("aria-describedby", "token-why");
    const dialog = make(
      "dialog",
      { class: "dialog", "aria-labelledby": "token-title" },
      make(
        "form",
        { method: "dialog" },
        make("h2", { id: "token-title" }, "This service needs a token"),
        why,
        make("label", { class: "label", for: "token" }, "Token"),
        field,
        make("p", { class: "hint" }, "It stays in this tab and is forgotten when you close it."),
        make(
          "div",
          { class: "buttons" },
          make("button", { type: "button", class: "button quiet", on: { click: () => dialog.close("") } }, "Not now"),
          make("button", { type: "submit", class: "button main", value: "yes" }, "Use token"),
        ),
      ),
    );
    dialog.addEventListener("close", () => {
      const given = dialog.returnValue === "yes" ? field.value.trim() : "";
      dialog.remove();
      if (given !== "") {
        sessionStorage.setItem(KEY, given);
        changed();
      }
      done(given !== "");
    });
    document.body.append(dialog);
    dialog.showModal();
  });

/** Everybody who asks meanwhile waits for the same answer. @param {string} sentence */
export const ask = (sentence) => {
  asking ??= open(sentence).finally(() => {
    asking = null;
  });
  return asking;
};
