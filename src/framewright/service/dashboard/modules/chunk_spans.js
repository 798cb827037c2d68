// What a chunk did when, from the times that the service tells.
//   chunkSpans(chunk, now)   [{kind, from, to}] in seconds; what is not over lasts until now
//   chunkWords(chunk, now)   the same as a sentence
//   ticks(seconds)           round numbers for an axis

import { count, span } from "./words.js";

/** @typedef {import("../service.d.ts").Chunk} Chunk */
/** @typedef {"waiting" | "start" | "capture" | "finish" | "reused"} Kind */
/** @typedef {{ kind: Kind, from: number, to: number }} Span */

/** @type {Record<Kind, string>} */
export const SPAN_WORDS = { waiting: "waiting", start: "browsers opening", capture: "capture", finish: "encode and finish", reused: "reused" };

/** @param {Chunk} chunk @param {number} now @returns {Span[]} */
export const chunkSpans = (chunk, now) => {
  const { known_at: known, began_at: began, first_at: first, captured_at: captured, ended_at: ended } = chunk;
  if (chunk.state === "reused") {
    const at = ended ?? began ?? known ?? 0;
    return [{ kind: "reused", from: at, to: at }];
  }
  const going = chunk.state === "running";
  /** @type {[Kind, number | null, number | null][]} */
  const parts = [
    ["waiting", known, began ?? (chunk.state === "waiting" ? now : null)],
    ["start", began, first ?? ended ?? (going ? now : null)],
    ["capture", first, captured ?? ended ?? (going ? now : null)],
    ["finish", captured, ended ?? (going ? now : null)],
  ];
  return parts.flatMap(([kind, from, to]) => (from !== null && to !== null && to > from ? [{ kind, from, to }] : []));
};

/** @param {Chunk} chunk @param {number} now */
export const chunkWords = (chunk, now) => {
  const { start, stop, state, worker, attempt, frames, message } = chunk;
  const facts = [
    `Chunk ${count(chunk.chunk)}: frames ${count(start)}–${count(stop - 1)}`,
    state === "running" ? `rendering, ${count(frames)} of ${count(stop - start)}` : state,
    worker,
    attempt > 1 ? `attempt ${attempt}` : null,
    ...chunkSpans(chunk, now).filter(({ kind }) => kind !== "reused").map(({ kind, from, to }) => `${SPAN_WORDS[kind]} ${span(to - from)}`),
    message,
  ];
  return facts.filter(Boolean).join(" · ");
};

/** @param {number} seconds @returns {number[]} */
export const ticks = (seconds) => {
  const rough = Math.max(seconds, 0.5) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? 10 * power;
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, index) => index * step);
};
