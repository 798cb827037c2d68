// What people hear who do not see the page: turns of a job, never its frames.
//   say(sentence)

const place = /** @type {HTMLElement} */ (document.getElementById("told"));

/** @param {string} sentence */
export const say = (sentence) => {
  // The same sentence twice is said twice only when the text differs.
  place.textContent = place.textContent === sentence ? `${sentence}\u00a0` : sentence;
};
