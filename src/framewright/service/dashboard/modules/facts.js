// What is rendered, and how, as names and values.

import { fill, make } from "./elements.js";
import { count, frameRate, size, some, span } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */
/** @typedef {import("../service.d.ts").Json} Json */

/** @param {Record<string, Json>} composition */
const sourceOf = (composition) => {
  if (typeof composition["path"] === "string") return composition["path"];
  if (typeof composition["url"] === "string") return composition["url"];
  if (typeof composition["html"] === "string") return "a page in the request";
  return composition["page"] ? `an upload, ${composition["page"]}` : "an upload";
};

/** @param {Job} job @returns {[string, string | null][]} */
const rows = ({ plan, output, request, attempt, id }) => {
  const { format, codec, quality } = request;
  return [
    ["Picture", plan && `${count(plan.width * plan.scale)} × ${count(plan.height * plan.scale)}`],
    ["Rate", plan && frameRate(plan.fps)],
    ["Length", plan && `${span(plan.seconds)}, ${some(plan.frames, "frame")}`],
    ["Range", plan && plan.first_frame > 0 ? `from frame ${count(plan.first_frame)} on` : null],
    ["Asked for", [format, codec, quality].filter(Boolean).join(", ") || null],
    ["Sound", request["skip_audio"] === true ? "left out" : null],
    ["File", output && output.name],
    ["Size", output && size(output.bytes)],
    ["From", sourceOf(/** @type {Record<string, Json>} */ (request["composition"]))],
    ["Attempt", attempt > 1 ? count(attempt) : null],
    ["Id", id],
  ];
};

export const facts = () => {
  const list = make("dl", { class: "facts" });
  const element = make("section", { class: "card", "aria-labelledby": "facts-title" }, make("h2", { id: "facts-title" }, "What it is"), list);
  let shown = "";
  return {
    element,
    /** @param {Job} job */
    show: (job) => {
      const now = rows(job);
      const key = JSON.stringify(now);
      if (key === shown) return;
      shown = key;
      fill(list, ...now.filter(([, value]) => value !== null).map(([name, value]) => make("div", null, make("dt", null, name), make("dd", name === "Id" ? { class: "mono" } : null, value))));
    },
  };
};
