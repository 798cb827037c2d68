// The last lines of a job's log. It stays at its end, unless somebody has scrolled back.

import { make, write } from "./elements.js";

/** @typedef {import("../service.d.ts").Job} Job */

export const logTail = () => {
  const lines = make("pre", { class: "code log", tabindex: 0, role: "region", "aria-label": "Lines of the log" });
  const element = make("section", { class: "card", "aria-labelledby": "log-title" }, make("h2", { id: "log-title" }, "Log"), lines);
  return {
    element,
    /** @param {Job} job */
    show: ({ log }) => {
      element.hidden = log.length === 0;
      const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 24;
      write(lines, log.join("\n"));
      if (atEnd) lines.scrollTop = lines.scrollHeight;
    },
  };
};
