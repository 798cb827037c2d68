// What went wrong, as one sentence beside what it is about.
//   trouble(error)   an element
//   sentence(error)  the sentence alone
//   isLocked(error)  it is for want of a token
//   againButton(f)   for trouble that may be over

import { make } from "./elements.js";
import { icon } from "./icons.js";
import { Refused } from "./service.js";

/** @param {unknown} error */
export const sentence = (error) => {
  if (error instanceof Refused) return error.problem.detail;
  return error instanceof Error ? error.message : String(error);
};

/** Whether the visitor would give no token: asking again by ourselves would only be a nuisance. @param {unknown} error */
export const isLocked = (error) => error instanceof Refused && error.problem.status === 401;

/** @param {() => void} again */
export const againButton = (again) => make("button", { type: "button", class: "button", on: { click: again } }, "Try again");

/** @param {unknown} error @param {...(Node | null)} more */
export const trouble = (error, ...more) =>
  make("div", { class: "note note-bad", role: "alert" }, icon("failed"), make("p", null, sentence(error)), ...more);
