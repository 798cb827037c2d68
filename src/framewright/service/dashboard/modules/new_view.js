// A new render: a composition, options, a look at what it would be, and off.

import { say } from "./announcer.js";
import { asAsked } from "./curl.js";
import { fill, make } from "./elements.js";
import { icon } from "./icons.js";
import { optionsForm } from "./options_form.js";
import { probePart } from "./probe_part.js";
import { jobAddress } from "./routes.js";
import { get, post, Refused } from "./service.js";
import { sourcePicker } from "./source_picker.js";
import { trouble } from "./trouble.js";
import { variablesForm } from "./variables_form.js";

/** @typedef {import("../service.d.ts").Json} Json */
/** @typedef {import("../service.d.ts").Job} Job */
/** @typedef {import("../service.d.ts").Probe} Probe */

/** Options of a render that a probe does not know. */
const ONLY_RENDER = ["name", "format", "codec", "quality", "alpha", "crf"];

/** @param {URLSearchParams} query @returns {import("../service.d.ts").View} */
export const newView = (query) => {
  const note = make("div");
  const seen = probePart();
  const variables = variablesForm();
  const options = optionsForm();
  const source = sourcePicker({ changed: () => fill(note) });
  const leaving = new AbortController();
  // One press is one job, however often the connection makes us ask.
  let key = crypto.getRandomValues(new Uint32Array(4)).join("-");

  const probe = make("button", { type: "button", class: "button" }, icon("search"), "Probe");
  const render = make("button", { type: "submit", class: "button main" }, icon("running"), "Render");

  const request = () => {
    const changed = variables.read();
    return { composition: source.composition(), ...options.read(), ...(Object.keys(changed).length > 0 ? { variables: changed } : {}) };
  };

  /** @param {HTMLButtonElement} button @param {() => Promise<void>} work */
  const act = async (button, work) => {
    fill(note);
    options.clear();
    probe.disabled = render.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      if (leaving.signal.aborted) return;
      // What a field can be blamed for stands at that field.
      if (!(error instanceof Refused && options.complain(error.problem))) fill(note, trouble(error));
    } finally {
      probe.disabled = render.disabled = false;
      button.removeAttribute("aria-busy");
    }
  };

  probe.addEventListener("click", () =>
    act(probe, async () => {
      const asked = Object.fromEntries(Object.entries(request()).filter(([name]) => !ONLY_RENDER.includes(name)));
      seen.busy();
      try {
        const found = /** @type {Probe} */ (await post("/v1/probe", asked));
        seen.show(found);
        variables.show(found.description.variables);
        say("The page was probed.");
      } catch (error) {
        seen.clear();
        throw error;
      }
    }),
  );

  const form = make(
    "form",
    { class: "new-form", novalidate: true },
    make("div", { class: "new-main" }, source.element, make("fieldset", { class: "card" }, make("legend", null, "Options"), options.element), variables.element),
    make("aside", { class: "new-side", "aria-label": "Probe and render" }, seen.element, note, make("div", { class: "buttons" }, probe, render)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void act(render, async () => {
      const job = /** @type {Job} */ (await post("/v1/renders", request(), { "idempotency-key": key }));
      key = crypto.getRandomValues(new Uint32Array(4)).join("-");
      location.hash = jobAddress(job.id);
    });
  });
  form.addEventListener("input", () => {
    key = crypto.getRandomValues(new Uint32Array(4)).join("-");
  });

  const from = query.get("from");
  const prefill = async () => {
    if (from === null) return;
    try {
      const job = /** @type {Job} */ (await get(`/v1/renders/${encodeURIComponent(from)}`, leaving.signal));
      const asked = asAsked(job.request);
      source.use(/** @type {Record<string, Json>} */ (asked["composition"]), job.name);
      options.fill(asked);
      variables.keep(/** @type {Record<string, Json>} */ (asked["variables"] ?? {}));
    } catch (error) {
      if (!leaving.signal.aborted) fill(note, trouble(error));
    }
  };
  void prefill();

  return {
    title: "New render",
    element: make("section", { class: "new" }, make("header", { class: "head" }, make("h1", null, "New render")), form),
    leave: () => {
      leaving.abort();
      source.leave();
    },
  };
};
