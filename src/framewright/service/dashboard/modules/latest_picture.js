// The latest frame of a job, again and again. One picture is on its way at a time: where they come slowly, some are left out,
// and none is dropped for a newer one for ever.
//   latestPicture(show)   .want(address, version) shows it once it is there, .forget() shows none any more

import { make } from "./elements.js";
import { fresh } from "./frame_addresses.js";

/** @param {(image: HTMLImageElement) => void} show */
export const latestPicture = (show) => {
  /** @type {{ address: string, version: string } | null} */
  let wanted = null;
  let asked = "";
  let loading = false;

  const next = () => {
    if (loading || wanted === null || wanted.version === asked) return;
    asked = wanted.version;
    loading = true;
    const image = make("img", { alt: "", decoding: "async" });
    const settled = (/** @type {boolean} */ good) => {
      loading = false;
      if (good && wanted !== null) show(image);
      next();
    };
    image.addEventListener("load", () => settled(true));
    // There may be none yet.
    image.addEventListener("error", () => settled(false));
    image.src = fresh(wanted.address, wanted.version);
  };

  return {
    /** @param {string} address @param {string} version */
    want: (address, version) => {
      wanted = { address, version };
      next();
    },
    forget: () => {
      wanted = null;
      asked = "";
    },
  };
};
