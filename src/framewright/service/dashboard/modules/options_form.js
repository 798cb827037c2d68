// The usual options of a render. What is left alone is not sent: the service then decides, and says how.
//   optionsForm()   .element, .read(), .fill(request), .complain(problem) true where a field could be blamed, .clear()

import { make } from "./elements.js";
import { field, select } from "./fields.js";

/** @typedef {import("../service.d.ts").Json} Json */
/** @typedef {import("../service.d.ts").Problem} Problem */
/** @typedef {"text" | "number" | "whole" | "tick"} Kind */

const FORMATS = /** @type {[string, string][]} */ ([["", "MP4"], ["webm", "WebM"], ["mov", "MOV"], ["gif", "GIF"], ["png-sequence", "PNG images"]]);
const CODECS = /** @type {[string, string][]} */ ([["", "As the format has it"], ["h264", "H.264"], ["h265", "H.265"], ["vp9", "VP9"], ["av1", "AV1"], ["prores", "ProRes"]]);
const QUALITIES = /** @type {[string, string][]} */ ([["", "Standard"], ["draft", "Draft, quick"], ["high", "High"]]);
const MODES = /** @type {[string, string][]} */ ([["", "Automatic"], ["seek", "Set for each frame"], ["run", "Run through from the start"]]);

/** @param {string} placeholder @param {boolean} [digits] */
const text = (placeholder, digits = true) => make("input", { type: "text", placeholder, autocomplete: "off", spellcheck: "false", inputmode: digits ? "decimal" : null });

export const optionsForm = () => {
  /** @type {Record<string, Kind>} */
  const kinds = {
    name: "text", format: "text", codec: "text", quality: "text", fps: "text", scale: "number", start_frame: "whole", end_frame: "whole",
    skip_audio: "tick", alpha: "tick", width: "whole", height: "whole", duration: "number", crf: "number", mode: "text",
  };
  const fields = {
    name: field("name", "Name", text("As the composition is called", false)),
    format: field("format", "Format", select(FORMATS)),
    codec: field("codec", "Codec", select(CODECS)),
    quality: field("quality", "Quality", select(QUALITIES)),
    fps: field("fps", "Frames a second", text("As the page says"), "30, or exact: 30000/1001"),
    scale: field("scale", "Scale", text("1"), "2 gives twice the pixels"),
    start_frame: field("start_frame", "First frame", text("0")),
    end_frame: field("end_frame", "End before frame", text("The end")),
    skip_audio: field("skip_audio", "Leave out the sound", make("input", { type: "checkbox" })),
    alpha: field("alpha", "Keep transparency", make("input", { type: "checkbox" })),
    width: field("width", "Width", text("As the page says")),
    height: field("height", "Height", text("As the page says")),
    duration: field("duration", "Length in seconds", text("As the page says")),
    crf: field("crf", "Constant rate factor", text("As the quality has it")),
    mode: field("mode", "Time of the page", select(MODES)),
  };
  const all = /** @type {Record<string, ReturnType<typeof field>>} */ (fields);
  const more = make("details", { class: "more" }, make("summary", null, "More options"), make("div", { class: "fields" }, ...["width", "height", "duration", "crf", "mode", "alpha"].map((name) => all[name]?.element)));

  return {
    element: make("div", null, make("div", { class: "fields" }, ...["name", "format", "codec", "quality", "fps", "scale", "start_frame", "end_frame", "skip_audio"].map((name) => all[name]?.element)), more),

    /** @returns {Record<string, Json>} */
    read: () => {
      /** @type {Record<string, Json>} */
      const given = {};
      for (const [name, { control }] of Object.entries(all)) {
        const input = /** @type {HTMLInputElement} */ (control);
        const written = input.value.trim();
        if (kinds[name] === "tick") {
          if (input.checked) given[name] = true;
        } else if (written !== "") {
          // What is no number goes as it is: the service says what is wrong with it.
          const number = Number(written);
          given[name] = kinds[name] === "text" || Number.isNaN(number) ? written : number;
        }
      }
      return given;
    },

    /** @param {Record<string, Json>} request */
    fill: (request) => {
      for (const [name, { control, element }] of Object.entries(all)) {
        const value = request[name];
        if (value === undefined || value === null) continue;
        const input = /** @type {HTMLInputElement} */ (control);
        if (kinds[name] === "tick") input.checked = value === true;
        else input.value = name === "format" && value === "mp4" ? "" : String(value);
        if (more.contains(element)) more.open = true;
      }
    },

    clear: () => Object.values(all).forEach((one) => one.clear()),

    /** @param {Problem} problem */
    complain: ({ errors = [] }) => {
      /** @type {HTMLElement | null} */
      let first = null;
      for (const { field: path, message } of errors) {
        const name = String(path).split(".").find((part) => part in all);
        const blamed = name === undefined ? undefined : all[name];
        if (!blamed) continue;
        blamed.complain(String(message));
        if (more.contains(blamed.element)) more.open = true;
        first ??= blamed.control;
      }
      first?.focus();
      return first !== null;
    },
  };
};
