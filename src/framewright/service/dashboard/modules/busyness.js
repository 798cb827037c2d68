// How busy the service is, in a few words at the top of every view.
//   busyness()   an element that keeps itself up to date
//   onStanding(f)  is told each time it is known anew

import { make, write } from "./elements.js";
import { repeat } from "./repeat.js";
import { get } from "./service.js";

/** @typedef {import("../service.d.ts").Standing} Standing */

const PAUSE = 4000;
const PAUSE_IN_TROUBLE = 8000;

/** @type {Set<(standing: Standing) => void>} */
const listeners = new Set();
/** @type {Standing | null} */
let latest = null;

/** @param {(standing: Standing) => void} listener @returns {() => void} no longer told */
export const onStanding = (listener) => {
  listeners.add(listener);
  if (latest) listener(latest);
  return () => void listeners.delete(listener);
};

/** @param {Standing} standing */
const sentence = ({ ready, running, slots, queued, why_not }) => {
  if (!ready) return why_not ?? "The service takes nothing now";
  if (running === null || queued === null) return "Ready";
  const waiting = queued > 0 ? ` · ${queued} waiting` : "";
  return running === 0 && queued === 0 ? "Idle" : `${running} of ${slots} rendering${waiting}`;
};

export const busyness = () => {
  const words = make("span", { class: "busy-words" });
  const element = make("p", { class: "busy", hidden: true }, make("span", { class: "busy-light", "aria-hidden": "true" }), words);
  repeat(async (signal) => {
    try {
      const standing = /** @type {Standing} */ (await get("/readyz", signal));
      latest = standing;
      element.hidden = false;
      element.dataset["state"] = !standing.ready ? "trouble" : (standing.running ?? 0) > 0 ? "busy" : "idle";
      write(words, sentence(standing));
      element.title = sentence(standing);
      listeners.forEach((listener) => listener(standing));
      return PAUSE;
    } catch {
      element.hidden = false;
      element.dataset["state"] = "trouble";
      write(words, "Not ready");
      return PAUSE_IN_TROUBLE;
    }
  });
  return element;
};
