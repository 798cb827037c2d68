// Numbers, sizes and times as people say them.

/** @typedef {import("../service.d.ts").State} State */

/** @type {Record<State, string>} */
export const STATES = { queued: "Waiting", running: "Rendering", done: "Done", failed: "Failed", cancelled: "Cancelled" };

const counts = new Intl.NumberFormat("en", { useGrouping: true });
const dates = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
const whole = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long", hour12: false });

/** @param {number} number */
export const count = (number) => counts.format(number);

/** @param {number} number @param {string} one @param {string} [many] */
export const some = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** A length of time: 0.4 s, 12 s, 3 min 05 s, 2 h 10 min. @param {number} seconds */
export const span = (seconds) => {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
};

/** A part of the whole, never rounded up: 100 % is done. @param {number} fraction */
export const percent = (fraction) => `${Math.floor(fraction * 100 + 1e-6)} %`;

/** Frames a second. @param {number} rate */
export const speed = (rate) => `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} fps`;

/** An exact rate such as 30000/1001 as people know it. @param {string} fps */
export const frameRate = (fps) => {
  const [over, under = "1"] = fps.split("/");
  const rate = Number(over) / Number(under);
  return Number.isFinite(rate) ? `${Number(rate.toFixed(3))} fps` : fps;
};

/** @param {number} bytes */
export const size = (bytes) => {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};

/** How long ago, or the day. @param {string} when @param {number} [now] */
export const ago = (when, now = Date.now()) => {
  const seconds = Math.max(0, (now - Date.parse(when)) / 1000);
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 18 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return dates.format(new Date(when));
};

/** @param {string} when */
export const moment = (when) => whole.format(new Date(when));

/** A time within the video: 0:04.13 is frame 13 of its fourth second. @param {number} frame @param {string} fps */
export const timeCode = (frame, fps) => {
  const [over, under = "1"] = fps.split("/");
  const rate = Number(over) / Number(under);
  const seconds = frame / rate;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - minutes * 60).toFixed(2).padStart(5, "0")}`;
};

/** A value of a decision or an option, briefly. @param {import("../service.d.ts").Json | undefined} value @returns {string} */
export const brief = (value) => {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(4)));
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(brief).join(", ");
  const { width, height, ...others } = value;
  if (typeof width === "number" && typeof height === "number" && Object.keys(others).length === 0) return `${count(width)} × ${count(height)}`;
  return Object.entries(value).map(([name, one]) => `${name} ${brief(one)}`).join(", ");
};
