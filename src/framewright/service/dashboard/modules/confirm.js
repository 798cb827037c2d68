// A question before what cannot be undone. Escape says no, and the focus goes back to where it was.
//   ask(question, more, yes, no)   true for yes

import { make } from "./elements.js";

/** @param {string} question @param {string} more @param {string} yes @param {string} no @returns {Promise<boolean>} */
export const ask = (question, more, yes, no) =>
  new Promise((done) => {
    const dialog = make(
      "dialog",
      { class: "dialog", "aria-labelledby": "question", "aria-describedby": "question-more" },
      make(
        "form",
        { method: "dialog" },
        make("h2", { id: "question" }, question),
        make("p", { class: "hint", id: "question-more" }, more),
        make("div", { class: "buttons" }, make("button", { class: "button quiet", value: "no" }, no), make("button", { class: "button bad", value: "yes" }, yes)),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
