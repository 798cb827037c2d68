// The one way to the service: JSON there and back, the token with it, and errors that say what the service said.
//   get(path), post(path, body), remove(path)   what it answers; a Refused otherwise
//   answer(path, init)                          the answer itself, for streams
//   send(path, blob, type, told)                an upload that tells how far it is
//   Refused                                     problem: what the service said, as RFC 9457 has it

import { ask, bearer, forget } from "./token.js";

/** @typedef {import("../service.d.ts").Problem} Problem */

export class Refused extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** @param {number} status @param {string} title @param {string} text @returns {Problem} */
const problemOf = (status, title, text) => {
  try {
    const read = JSON.parse(text);
    if (typeof read?.detail === "string") return read;
  } catch {
    // Something between us and the service has answered in its own way.
  }
  return { title, status, detail: `The service answered ${status} ${title}.`, code: "UNKNOWN" };
};

/** @type {Problem} */
const SILENT = {
  title: "No answer",
  status: 0,
  detail: "The service does not answer: see whether it runs, and whether this machine reaches it.",
  code: "NO_ANSWER",
  retryable: true,
};

/** @param {boolean} wrong */
const wantsToken = (wrong) =>
  wrong ? "The token was not accepted: it may be mistyped, revoked or expired." : "Whoever runs it makes one with: framewright tokens create";

/** @param {Headers} headers */
const withToken = (headers) => {
  const token = bearer();
  if (token !== null) headers.set("authorization", token);
  return token;
};

/** @param {string} path @param {RequestInit} [init] @returns {Promise<Response>} */
export const answer = async (path, init = {}) => {
  for (;;) {
    const headers = new Headers(init.headers);
    const used = withToken(headers);
    let response;
    try {
      response = await fetch(path, { ...init, headers, cache: "no-store", credentials: "same-origin" });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new Refused(SILENT);
    }
    if (response.ok) return response;
    const problem = problemOf(response.status, response.statusText, await response.text());
    if (response.status !== 401) throw new Refused(problem);
    // Another request may have been given a token meanwhile.
    if (bearer() === used) {
      if (used !== null) forget();
      if (!(await ask(wantsToken(used !== null)))) throw new Refused(problem);
    }
  }
};

/** @param {Response} response */
const read = async (response) => (response.status === 204 ? null : response.json());

/** @param {string} path @param {AbortSignal} [signal] */
export const get = async (path, signal) => read(await answer(path, { signal: signal ?? null }));

/** @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers] */
export const post = async (path, body, headers = {}) =>
  read(
    await answer(path, {
      method: "POST",
      headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    }),
  );

/** @param {string} path */
export const remove = async (path) => read(await answer(path, { method: "DELETE" }));

/** fetch does not tell how far an upload is.
 * @param {string} path @param {Blob} blob @param {string} type @param {(fraction: number) => void} told @param {AbortSignal} signal
 * @returns {Promise<any>} */
export const send = (path, blob, type, told, signal) =>
  new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("content-type", type);
    const token = bearer();
    if (token !== null) request.setRequestHeader("authorization", token);
    request.upload.addEventListener("progress", (event) => told(event.lengthComputable ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      if (request.status < 300) done(JSON.parse(request.responseText));
      else failed(new Refused(problemOf(request.status, request.statusText, request.responseText)));
    });
    request.addEventListener("error", () => failed(new Refused(SILENT)));
    request.addEventListener("abort", () => failed(new DOMException("stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(blob);
  });
