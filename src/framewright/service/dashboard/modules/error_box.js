// Why a job failed, and whose turn it is now.

import { fill, make } from "./elements.js";
import { icon } from "./icons.js";

/** @typedef {import("../service.d.ts").Job} Job */

/** @type {Record<string, string>} */
const TURNS = {
  author: "It is about the composition: change it, and render it again.",
  caller: "It is about what was asked for: change the request, and send it again.",
  operator: "It is about the machine: whoever runs this service can mend it.",
  framewright: "It looks like a fault of Framewright itself: please report it, with the log below.",
};

export const errorBox = () => {
  const element = make("section", { class: "note note-bad error-box", "aria-labelledby": "error-title" });
  let shown = "";
  return {
    element,
    /** @param {Job} job */
    show: ({ error }) => {
      element.hidden = error === null;
      const now = JSON.stringify(error);
      if (error === null || now === shown) return;
      shown = now;
      fill(
        element,
        icon("failed"),
        make(
          "div",
          null,
          make("h2", { id: "error-title" }, error.message),
          make("p", null, TURNS[error.owner] ?? "", error.retryable ? " Trying again may help." : ""),
          make("p", { class: "hint" }, make("code", null, error.code), ` ${error.error}`),
        ),
      );
    },
  };
};
