// When each chunk waited, opened its browsers, captured and finished: a row each. The pointer, or the arrow keys, bring up the
// numbers of a row.
//   waterfall()   .element, .show(job)

import { chunkSpans, chunkWords, SPAN_WORDS, ticks } from "./chunk_spans.js";
import { fill, make, write } from "./elements.js";
import { count, some, span } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */
/** @typedef {import("../service.d.ts").Chunk} Chunk */

const DENSE = 48;
const HOW = "Point at a chunk, or go through them with the arrow keys, for its numbers.";
const KINDS = /** @type {const} */ (["waiting", "start", "capture", "finish", "reused"]);

/** @param {string} kind @param {number} left @param {number} width both in percent */
const bar = (kind, left, width) => {
  const waits = kind === "waiting";
  const drawn = make("rect", { class: `span span-${kind}`, x: `${left}%`, y: waits ? "40%" : "12%", height: waits ? "20%" : "76%", rx: 2 });
  // What was short is still to be seen.
  drawn.style.setProperty("width", `max(3px, ${width}%)`);
  return drawn;
};

/** @param {Chunk} chunk */
const rowOf = (chunk) => {
  const drawing = make("svg", { class: "fall-drawing", "aria-hidden": "true", focusable: "false" });
  const words = make("span", { class: "unseen" });
  const lasted = make("span", { class: "fall-lasted", "aria-hidden": "true" });
  const label = make("span", { class: "fall-label", "aria-hidden": "true" });
  const element = make("li", { class: "fall", role: "option", tabindex: -1, "aria-selected": "false" }, label, drawing, lasted, words);
  let shown = "";
  return {
    element,
    words,
    /** @param {Chunk} now @param {number} at @param {number} whole */
    show: (now, at, whole) => {
      const spans = chunkSpans(now, at);
      const key = JSON.stringify([spans, now, whole]);
      if (key === shown) return;
      shown = key;
      element.dataset["state"] = now.state;
      write(label, `${count(now.start)}–${count(now.stop - 1)}${now.attempt > 1 ? ` ×${now.attempt}` : ""}`);
      write(words, chunkWords(now, at));
      const worked = spans.filter(({ kind }) => kind !== "waiting");
      const lasts = (worked.at(-1)?.to ?? 0) - (worked[0]?.from ?? 0);
      write(lasted, now.state === "reused" ? "reused" : now.state === "failed" ? "failed" : worked.length > 0 ? span(lasts) : "");
      const stopped = now.state === "failed" ? (spans.at(-1)?.to ?? at) : null;
      fill(
        drawing,
        ...spans.map(({ kind, from, to }) => bar(kind, (100 * from) / whole, (100 * (to - from)) / whole)),
        stopped === null ? null : bar("failed", (100 * stopped) / whole, 0),
      );
    },
    start: chunk.start,
  };
};

export const waterfall = () => {
  const axis = make("svg", { class: "fall-axis", "aria-hidden": "true", focusable: "false" });
  const list = make("ul", { class: "falls", role: "listbox", "aria-label": "Chunks" });
  const readout = make("p", { class: "readout", "aria-hidden": "true" }, HOW);
  const number = make("span", { class: "number" });
  const legend = KINDS.map((kind) => make("li", { class: `key span-${kind}` }, make("span", { class: "swatch", "aria-hidden": "true" }), SPAN_WORDS[kind]));
  const element = make(
    "section",
    { class: "card", "aria-labelledby": "falls-title" },
    make("div", { class: "card-head" }, make("h2", { id: "falls-title" }, "Chunks", number), make("ul", { class: "legend", "aria-label": "What the colours mean" }, ...legend)),
    make("div", { class: "falls-box" }, make("div", { class: "fall-top" }, axis), list),
    readout,
  );
  /** @type {ReturnType<typeof rowOf>[]} */
  let rows = [];
  let chosen = 0;

  /** @param {number} index @param {boolean} focus */
  const choose = (index, focus) => {
    const row = rows[index];
    if (!row) return;
    rows[chosen]?.element.setAttribute("tabindex", "-1");
    rows[chosen]?.element.setAttribute("aria-selected", "false");
    chosen = index;
    row.element.setAttribute("tabindex", "0");
    row.element.setAttribute("aria-selected", "true");
    write(readout, row.words.textContent ?? "");
    if (focus) row.element.focus();
  };

  list.addEventListener("keydown", (event) => {
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: 0, End: rows.length - 1, PageDown: chosen + 10, PageUp: chosen - 10 });
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(Math.min(rows.length - 1, Math.max(0, to)), true);
  });
  const pointed = (/** @type {Event} */ event) => {
    const index = rows.findIndex((row) => row.element.contains(/** @type {Node} */ (event.target)));
    if (index >= 0) choose(index, false);
  };
  list.addEventListener("pointerover", pointed);
  list.addEventListener("focusin", pointed);

  /** @param {number} whole */
  const showAxis = (whole) =>
    fill(
      axis,
      ...ticks(whole).flatMap((at) => {
        const x = `${(100 * at) / whole}%`;
        return [make("line", { x1: x, x2: x, y1: 14, y2: 20 }), make("text", { x, y: 10, "text-anchor": at === 0 ? "start" : at / whole > 0.97 ? "end" : "middle" }, `${Number(at.toFixed(3))} s`)];
      }),
    );

  return {
    element,
    /** @param {Job} job */
    show: ({ chunks, seconds, state }) => {
      const seen = chunks.filter((chunk) => chunk.state !== "split");
      element.hidden = seen.length === 0 || seconds === null;
      if (element.hidden) return;
      const ends = seen.map((chunk) => Math.max(chunk.ended_at ?? 0, chunk.captured_at ?? 0, chunk.began_at ?? 0));
      const now = state === "running" ? (seconds ?? 0) : Math.max(...ends);
      const whole = Math.max(0.5, now, ...ends) * 1.01;
      write(number, some(seen.length, "chunk"));
      if (rows.length !== seen.length || rows.some((row, index) => row.start !== seen[index]?.start)) {
        rows = seen.map(rowOf);
        fill(list, ...rows.map((row) => row.element));
        list.classList.toggle("dense", rows.length > DENSE);
        chosen = Math.min(chosen, rows.length - 1);
        rows[chosen]?.element.setAttribute("tabindex", "0");
      }
      seen.forEach((chunk, index) => rows[index]?.show(chunk, now, whole));
      showAxis(whole);
      if (readout.textContent !== HOW) write(readout, rows[chosen]?.words.textContent ?? "");
    },
  };
};
