// What became of the webhooks of a job, where its request asked for some.
//   deliveries()   .element, .show(job)

import { fill, make } from "./elements.js";
import { icon } from "./icons.js";
import { get } from "./service.js";
import { trouble } from "./trouble.js";
import { ago, some } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */
/** @typedef {import("../service.d.ts").Delivery} Delivery */

/** @param {Delivery} delivery */
const words = ({ delivered, next, attempts }) => {
  if (delivered !== null) return `arrived ${ago(delivered)}`;
  if (next !== null) return attempts === 0 ? "on its way" : `tried ${some(attempts, "time")}, and will be again`;
  return `given up after ${some(attempts, "attempt")}`;
};

/** @param {Delivery} delivery */
const item = (delivery) => {
  const state = delivery.delivered !== null ? "done" : delivery.next !== null ? "queued" : "failed";
  return make(
    "li",
    { class: "delivery" },
    icon(state),
    make("div", null, make("p", null, make("strong", null, delivery.event), ` to ${delivery.host}: ${words(delivery)}`), delivery.answer === null ? null : make("p", { class: "hint" }, delivery.answer)),
  );
};

export const deliveries = () => {
  const list = make("ul", { class: "notices" });
  const element = make("section", { class: "card", "aria-labelledby": "deliveries-title" }, make("h2", { id: "deliveries-title" }, "Webhooks"), list);
  return {
    element,
    /** @param {Job} job */
    show: async (job) => {
      element.hidden = typeof job.request["webhook"] !== "object" || job.request["webhook"] === null;
      if (element.hidden) return;
      try {
        const known = /** @type {{ deliveries: Delivery[] }} */ (await get(`${job.links.self}/webhooks`)).deliveries;
        if (known.length === 0) fill(list, make("li", { class: "hint" }, "Nothing was sent yet."));
        else fill(list, ...known.map(item));
      } catch (error) {
        fill(list, make("li", null, trouble(error)));
      }
    },
  };
};
