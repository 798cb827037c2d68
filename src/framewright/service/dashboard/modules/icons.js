// Small pictures in the manner of the letters beside them: one line, the colour of the text, hidden from readers.
//   icon(name)   an SVG of 16 by 16

import { make } from "./elements.js";

const PATHS = /** @type {Record<string, string>} */ ({
  queued: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 4.75V8l2.25 1.5",
  running: "M8 1.75a6.25 6.25 0 1 1-6.25 6.25M6.5 5.5v5l4-2.5z",
  done: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5.25 8.25l2 2 3.5-4.25",
  failed: "M8 1.9 14.6 13.6H1.4zM8 6.25v3.5M8 11.6v.2",
  cancelled: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5.25 8h5.5",
  plus: "M8 3v10M3 8h10",
  film: "M2 3.25h12v9.5H2zM5 3.25v9.5M11 3.25v9.5M2 8h3M11 8h3",
  download: "M8 2.25v8M4.75 7.25 8 10.5l3.25-3.25M2.75 13.5h10.5",
  retry: "M13.25 8A5.25 5.25 0 1 1 11.4 4M11.5 1.5V4.25H8.75",
  stop: "M4.25 4.25h7.5v7.5h-7.5z",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  back: "M9.75 3.5 5.25 8l4.5 4.5",
  forth: "M6.25 3.5 10.75 8l-4.5 4.5",
  sun: "M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3.05 3.05l1.05 1.05M11.9 11.9l1.05 1.05M3.05 12.95l1.05-1.05M11.9 4.1l1.05-1.05",
  moon: "M13.5 9.75A5.9 5.9 0 0 1 6.25 2.5a5.9 5.9 0 1 0 7.25 7.25z",
  half: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 1.75v12.5M8 4h3.5M8 6.5h5M8 9.5h5M8 12h3.5",
  folder: "M1.75 3.5h4.5l1.5 2h6.5v7.5H1.75z",
  file: "M4 1.75h5.25L12.5 5v9.25H4zM9 2v3.25h3.25",
  upload: "M8 10.5v-8M4.75 5.5 8 2.25 11.25 5.5M2.75 13.5h10.5",
  key: "M5.25 7.5a3.25 3.25 0 1 0 0 .01M8.25 7.75h6M12 8v2.5M14.2 8v1.75",
  search: "M7 2.25a4.75 4.75 0 1 0 0 9.5a4.75 4.75 0 1 0 0-9.5M10.5 10.5 14 14",
});

/** @param {string} name @returns {SVGSVGElement} */
export const icon = (name) =>
  make(
    "svg",
    { class: `icon icon-${name}`, viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", focusable: "false" },
    make("path", { d: PATHS[name] ?? PATHS.film }),
  );
