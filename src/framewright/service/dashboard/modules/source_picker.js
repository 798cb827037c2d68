// Where the composition comes from: files of the visitor, a page written here, or something that the service reaches itself.
//   sourcePicker({changed})   .element, .composition() for a request; throws a sentence while there is none, .use(composition), .leave()

import { fill, make, write } from "./elements.js";
import { field, select } from "./fields.js";
import { icon } from "./icons.js";
import { chosenFiles, droppedFiles } from "./project_files.js";
import { trouble } from "./trouble.js";
import { upload } from "./uploading.js";
import { size, some } from "./words.js";

/** @typedef {import("../service.d.ts").Json} Json */
/** @typedef {import("./project_files.js").Project} Project */
/** @typedef {import("./uploading.js").Upload} Upload */

const EXAMPLE = `<!doctype html>
<style>
  body { margin: 0 }
  #hello { background: #14202b; color: #ffd23e; font: 700 120px sans-serif; display: grid; place-content: center }
  h1 { animation: rise 1s ease-out both }
  @keyframes rise { from { opacity: 0; transform: translateY(80px) } }
</style>
<div id="hello" data-composition-id="hello" data-width="1280" data-height="720" data-duration="3" data-no-timeline>
  <h1>Hello</h1>
</div>`;

const WAYS = /** @type {const} */ ([["files", "Files"], ["html", "HTML"], ["server", "On the server"]]);
/** @typedef {typeof WAYS[number][0]} Way */

/** @param {{ changed: () => void }} page */
export const sourcePicker = ({ changed }) => {
  /** @type {Way} */
  let way = "files";
  /** @type {{ id: string, page: () => string | null } | null} */
  let uploaded = null;
  let sending = new AbortController();

  const folder = make("input", { type: "file", class: "unseen", id: "pick-folder", webkitdirectory: true, tabindex: -1, "aria-hidden": "true" });
  const file = make("input", { type: "file", class: "unseen", id: "pick-file", accept: ".html,.htm,.zip", tabindex: -1, "aria-hidden": "true" });
  const status = make("div", { class: "drop-status", role: "status" });
  const zone = make(
    "div",
    { class: "drop" },
    icon("upload"),
    make("p", { class: "drop-words" }, "Drop a project here: a folder, an HTML file or a ZIP"),
    make(
      "div",
      { class: "buttons" },
      make("button", { type: "button", class: "button", on: { click: () => folder.click() } }, icon("folder"), "Choose a folder"),
      make("button", { type: "button", class: "button", on: { click: () => file.click() } }, icon("file"), "Choose a file"),
    ),
    folder,
    file,
    status,
  );
  const html = field("html", "The page", make("textarea", { rows: 12, class: "code", spellcheck: "false" }), "It stands alone, without files beside it.");
  const there = field("there", "Path or address", make("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder: "promo/index.html" }), "A path below a folder that the service opens, or an address where it opens such.");

  /** @param {Upload} sent */
  const arrived = (sent) => {
    const main = sent.pages.includes("index.html") ? "index.html" : (sent.pages[0] ?? "index.html");
    const pages = select(sent.pages.map((page) => [page, page]), main);
    pages.addEventListener("change", changed);
    uploaded = { id: sent.id, page: () => (pages.value === "index.html" || pages.value === "" ? null : pages.value) };
    fill(status, make("p", { class: "fine" }, icon("done"), make("span", null, make("strong", null, sent.name), ` ${some(sent.files, "file")}, ${size(sent.bytes)}`)), sent.pages.length > 1 ? field("page", "Page to render", pages).element : null);
  };

  /** @param {Project | Promise<Project>} chosen */
  const take = async (chosen) => {
    sending.abort();
    sending = new AbortController();
    const { signal } = sending;
    uploaded = null;
    changed();
    try {
      const project = await chosen;
      const bar = make("progress", { max: 1, value: 0, "aria-label": "Upload" });
      const words = make("p", { class: "hint" }, `Sending ${project.name}…`);
      fill(status, words, bar);
      const sent = await upload(
        project,
        (fraction) => {
          bar.value = fraction;
          if (fraction >= 1) write(words, "Unpacking…");
        },
        signal,
      );
      arrived(sent);
    } catch (error) {
      if (!signal.aborted) fill(status, trouble(error));
    }
  };

  for (const input of [folder, file]) {
    input.addEventListener("change", () => {
      if (!input.files || input.files.length === 0) return;
      const { files } = input;
      // A function, so that what it throws is shown like everything else.
      void take((async () => chosenFiles(files))()).then(() => {
        input.value = "";
      });
    });
  }
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer) void take(droppedFiles(event.dataTransfer));
  });

  const example = make("button", { type: "button", class: "button", on: { click: () => ((/** @type {HTMLTextAreaElement} */ (html.control).value = EXAMPLE), changed()) } }, "Put in an example");
  const panels = { files: zone, html: make("div", null, html.element, example), server: there.element };
  html.control.addEventListener("input", changed);
  there.control.addEventListener("input", changed);

  const radios = WAYS.map(([value, words]) => {
    const radio = make("input", { type: "radio", name: "way", id: `way-${value}`, value, class: "unseen", on: { change: () => show(value) } });
    return { radio, element: make("span", { class: "choice-tab" }, radio, make("label", { for: `way-${value}` }, words)) };
  });

  /** @param {Way} chosen */
  const show = (chosen) => {
    way = chosen;
    for (const { radio } of radios) radio.checked = radio.value === chosen;
    for (const [name, panel] of Object.entries(panels)) panel.hidden = name !== chosen;
    changed();
  };

  const written = (/** @type {ReturnType<typeof field>} */ one) => /** @type {HTMLInputElement} */ (one.control).value;
  const element = make("fieldset", { class: "card source" }, make("legend", null, "Composition"), make("div", { class: "choice-tabs" }, ...radios.map((one) => one.element)), ...Object.values(panels));
  show("files");

  return {
    element,
    /** @returns {Record<string, Json>} */
    composition: () => {
      if (way === "html") {
        if (written(html).trim() === "") throw new Error("Write or paste a page first.");
        return { html: written(html) };
      }
      if (way === "server") {
        const named = written(there).trim();
        if (named === "") throw new Error("Name a path or an address first.");
        return /^https?:/i.test(named) ? { url: named } : { path: named };
      }
      if (uploaded === null) throw new Error(status.querySelector("progress") ? "The upload is still on its way." : "Choose a project first: a folder, an HTML file or a ZIP.");
      const page = uploaded.page();
      return page === null ? { upload: uploaded.id } : { upload: uploaded.id, page };
    },
    /** @param {Record<string, Json>} composition @param {string} name */
    use: (composition, name) => {
      if (typeof composition["html"] === "string") {
        show("html");
        /** @type {HTMLTextAreaElement} */ (html.control).value = composition["html"];
      } else if (typeof composition["upload"] === "string") {
        const page = typeof composition["page"] === "string" ? composition["page"] : null;
        uploaded = { id: composition["upload"], page: () => page };
        fill(status, make("p", { class: "fine" }, icon("done"), make("span", null, "The files of ", make("strong", null, name))));
      } else {
        show("server");
        /** @type {HTMLInputElement} */ (there.control).value = String(composition["path"] ?? composition["url"] ?? "");
      }
    },
    leave: () => sending.abort(),
  };
};
