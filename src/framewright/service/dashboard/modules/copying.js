// Text for the clipboard. Browsers give it to pages only where the connection is safe; elsewhere people copy it themselves.
//   copy(text, what)

import { say } from "./announcer.js";
import { make } from "./elements.js";

/** @param {string} text @param {string} what */
const showIt = (text, what) => {
  const field = make("textarea", { class: "code", readonly: true, rows: 8, "aria-label": what });
  field.value = text;
  const dialog = make(
    "dialog",
    { class: "dialog wide", "aria-labelledby": "copying" },
    make(
      "form",
      { method: "dialog" },
      make("h2", { id: "copying" }, `${what}, for you to copy`),
      field,
      make("div", { class: "buttons" }, make("button", { class: "button main" }, "Close")),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  field.select();
};

/** @param {string} text @param {string} what */
export const copy = async (text, what) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    showIt(text, what);
    return;
  }
  const note = make("p", { class: "toast", "aria-hidden": "true" }, `${what} is in the clipboard`);
  document.body.append(note);
  say(`${what} is in the clipboard.`);
  setTimeout(() => note.remove(), 2500);
};
