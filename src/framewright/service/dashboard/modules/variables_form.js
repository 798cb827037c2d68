// What a page lets differ from one video to the next, as fields of the right kind. Only what was changed is sent.
//   variablesForm()   .element, .show(variables), .read(), .keep(values) of an earlier request

import { fill, make } from "./elements.js";
import { field, select } from "./fields.js";

/** @typedef {import("../service.d.ts").Json} Json */
/** @typedef {import("../service.d.ts").Variable} Variable */

const HEX = /^#[0-9a-f]{6}$/i;

/** @param {Variable} variable @returns {{ control: HTMLElement, value: () => Json }} */
const controlOf = ({ type, value, options }) => {
  const written = value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  if (type === "boolean") {
    const control = make("input", { type: "checkbox", checked: value === true });
    return { control, value: () => control.checked };
  }
  if (type === "enum") {
    const control = select(options.map((one, index) => [String(index), String(one)]), String(options.indexOf(value)));
    return { control, value: () => options[Number(control.value)] ?? null };
  }
  if (type === "color" && HEX.test(written)) {
    const control = make("input", { type: "color", value: written });
    return { control, value: () => control.value };
  }
  if (type === "number") {
    const control = make("input", { type: "number", step: "any", value: written });
    return { control, value: () => (control.value === "" ? value : Number(control.value)) };
  }
  const control = make("input", { type: "text", autocomplete: "off", value: written });
  return { control, value: () => control.value };
};

export const variablesForm = () => {
  const element = make("fieldset", { class: "variables", hidden: true });
  /** @type {Record<string, Json>} */
  let kept = {};
  /** @type {Map<string, { value: () => Json, before: Json }>} */
  let fields = new Map();

  return {
    element,
    /** @param {Record<string, Json>} values */
    keep: (values) => {
      kept = values;
    },
    /** @param {Variable[]} variables */
    show: (variables) => {
      fields = new Map();
      element.hidden = variables.length === 0;
      const shown = variables.map((variable, index) => {
        const { control, value } = controlOf(variable);
        // The page's own default is what leaving out means; a value that this form sent before is a change.
        fields.set(variable.id, { value, before: variable.default ?? value() });
        return field(`variable-${index}`, variable.label, control, variable.label.toLowerCase() === variable.id.toLowerCase() ? "" : variable.id).element;
      });
      fill(element, make("legend", null, "Variables of the page"), make("div", { class: "fields" }, ...shown));
    },
    /** @returns {Record<string, Json>} */
    read: () => {
      const given = { ...kept };
      for (const [id, { value, before }] of fields) {
        const now = value();
        if (JSON.stringify(now) === JSON.stringify(before)) delete given[id];
        else given[id] = now;
      }
      return given;
    },
  };
};
