// Events of a job, by server-sent events over fetch, since EventSource sends no Authorization header. A stream that breaks
// is taken up again behind the last event.
//   follow(path, told, signal)   resolves when the service has told the end
//   parser(told)                 takes text in pieces, tells each event

import { answer, Refused } from "./service.js";

/** @typedef {import("../service.d.ts").Told} Told */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
const ENDS = new Set(["done", "failed", "cancelled"]);

/** @param {(told: Told) => void} told @returns {(text: string) => void} */
export const parser = (told) => {
  let rest = "";
  let id = 0;
  let name = "message";
  /** @type {string[]} */
  let data = [];
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) told({ id, name, data: JSON.parse(data.join("\n")) });
        name = "message";
        data = [];
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "id") id = Number(value);
      else if (field === "event") name = value;
      else if (field === "data") data.push(value);
    }
  };
};

/** @param {number} milliseconds @param {AbortSignal} signal @returns {Promise<void>} */
const rest = (milliseconds, signal) =>
  new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });

/** @param {string} path @param {(told: Told) => void} told @param {AbortSignal} signal */
export const follow = async (path, told, signal) => {
  let after = 0;
  let over = false;
  let wait = FIRST_WAIT;
  while (!over && !signal.aborted) {
    try {
      const response = await answer(path, { signal, headers: { accept: "text/event-stream", "last-event-id": String(after) } });
      const take = parser((event) => {
        after = Math.max(after, event.id);
        over = ENDS.has(event.name);
        wait = FIRST_WAIT;
        told(event);
      });
      const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
      const text = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        take(text.decode(value, { stream: true }));
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused && error.problem.status >= 400 && error.problem.status < 500) throw error;
    }
    if (over || signal.aborted) return;
    await rest(wait, signal);
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }
};
