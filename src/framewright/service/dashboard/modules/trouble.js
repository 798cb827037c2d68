// What went wrong, as one sentence beside what it is about.
//   trouble(error)   an element
//   sentence(error)  the sentence alone

import { make } from "./elements.js";
import { icon } from "./icons.js";
import { Refused } from "./service.js";

/** @param {unknown} error */
export const sentence = (error) => {
  if (error instanceof Refused) return error.problem.detail;
  return error instanceof Error ? error.message : String(error);
};

/** @param {unknown} error @param {...(Node | null)} more */
export const trouble = (error, ...more) =>
  make("div", { class: "note note-bad", role: "alert" }, icon("failed"), make("p", null, sentence(error)), ...more);
