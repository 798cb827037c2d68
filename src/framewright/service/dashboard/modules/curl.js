// The command that asks for the same again. A token is never written into it: the shell puts in its own.
//   curl(request)

import { bearer } from "./token.js";

/** @typedef {import("../service.d.ts").Json} Json */

/** For a shell: whatever stands in it is one word. @param {string} text */
export const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** @param {Json} value @returns {Json} */
const given = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null).map(([name, one]) => [name, name === "variables" ? one : given(one)]))
    : value;

/** A request without what was left out. @param {Record<string, Json>} request */
export const asAsked = (request) => /** @type {Record<string, Json>} */ (given(request));

/** @param {Record<string, Json>} request */
export const curl = (request) =>
  [
    `curl ${quoted(`${location.origin}/v1/renders`)}`,
    "-H 'Content-Type: application/json'",
    bearer() === null ? null : '-H "Authorization: Bearer $FRAMEWRIGHT_SERVER_TOKEN"',
    `-d ${quoted(JSON.stringify(asAsked(request), null, 2))}`,
  ]
    .filter(Boolean)
    .join(" \\\n  ");
