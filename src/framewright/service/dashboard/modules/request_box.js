// The request as it was sent.

import { copy } from "./copying.js";
import { asAsked } from "./curl.js";
import { make, write } from "./elements.js";
import { icon } from "./icons.js";

/** @typedef {import("../service.d.ts").Job} Job */

export const requestBox = () => {
  const text = make("pre", { class: "code", tabindex: 0, role: "region", "aria-label": "Request as JSON" });
  return {
    element: make(
      "details",
      { class: "card folded" },
      make("summary", null, make("h2", null, "Request")),
      text,
      make("button", { type: "button", class: "button", on: { click: () => copy(text.textContent ?? "", "The request") } }, icon("copy"), "Copy JSON"),
    ),
    /** @param {Job} job */
    show: (job) => write(text, JSON.stringify(asAsked(job.request), null, 2)),
  };
};
