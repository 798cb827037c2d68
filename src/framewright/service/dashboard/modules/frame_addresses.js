// Where pictures of a job are: the service gives a template, with a ticket in it where that is needed.
//   frameAddress(links, number)   a frame, counted from the first one that was rendered; null: there is none yet
//   latestAddress(links)          the latest one that is finished
//   fresh(address, version)       the same for a picture that has changed since, and may not be there: that is no error then

/** @typedef {import("../service.d.ts").Links} Links */

/** @param {Links} links @param {number} number */
export const frameAddress = (links, number) => links.frame?.replace("{n}", String(number)) ?? null;

/** @param {Links} links */
export const latestAddress = (links) => links.frame?.replace("{n}", "latest") ?? null;

/** @param {string} address @param {string} version */
export const fresh = (address, version) => `${address}${address.includes("?") ? "&" : "?"}soft=true&v=${encodeURIComponent(version)}`;
