// fw.hf: the other globals of pages written for HyperFrames, and the page's own hooks for a moved clock.
//   seek(seconds)    calls a __hf.seek of the page's own and sends `hf-seek`; answers the promises to wait for
//   settle(promises) waits for them, with a limit
//   next(seconds)    Infinity when the page hears of no seek, else null
//   duration()       a length that the page declared in __hf.duration, or null
// Pages also find __player.renderSeek, __renderReady, __hyperframes.getVariables() and framewright.variables().
{
  /** @type {any} */
  const view = window;
  let listened = false;
  /** @type {number | null} */
  let declared = null;

  const move = (/** @type {unknown} */ seconds) => fw.root.control.moveItself(Math.max(0, Number(seconds) || 0));
  const own = {
    seek: move,
    get duration() {
      return declared ?? fw.instances.inside(null, fw.describe.duration).seconds ?? 0;
    },
    set duration(seconds) {
      declared = Number(seconds);
    },
  };
  view.__hf = own;
  view.__player = { renderSeek: move, seek: move, getTime: () => performance.now() / 1000, getDuration: () => own.duration };
  view.__renderReady = false;
  const variables = () => fw.instances.current?.variables ?? fw.variables.page();
  view.__hyperframes = { getVariables: variables };
  view.framewright = Object.freeze({ variables });

  // Whether anybody listens for hf-seek decides whether the picture can be known to hold.
  const listen = EventTarget.prototype.addEventListener;
  /** @this {any} */
  const addEventListener = function (/** @type {[any, any, any]} */ ...given) {
    if (given[0] === "hf-seek") listened = true;
    return listen.apply(this ?? window, given);
  };
  Object.defineProperty(window, "addEventListener", { value: addEventListener, configurable: true, writable: true });

  const paged = () => (typeof view.__hf?.seek === "function" && view.__hf.seek !== move ? view.__hf : null);

  fw.hf = {
    /** @param {number} seconds @returns {unknown[]} */
    seek(seconds) {
      /** @type {unknown[]} */
      const waiting = [];
      const page = paged();
      if (page) {
        try {
          const answer = page.seek(seconds);
          if (typeof answer?.then === "function") waiting.push(answer);
        } catch (error) {
          fw.failures.report(error, "window.__hf.seek");
        }
      }
      if (listened) {
        const waitUntil = (/** @type {unknown} */ promise) => void waiting.push(promise);
        window.dispatchEvent(new CustomEvent("hf-seek", { detail: { time: seconds, waitUntil } }));
      }
      return waiting;
    },

    /** @param {unknown[]} promises */
    async settle(promises) {
      const watched = promises.map((promise) =>
        Promise.resolve(promise).catch((error) => fw.failures.report(error, "What a seek waited for")),
      );
      const limit = fw.config.promise_timeout;
      if (await fw.frames.outlast(Promise.all(watched), limit)) return;
      fw.notices.add("SEEK_TIMEOUT", `A promise that a seek waited for did not settle within ${limit} s.`);
    },

    duration() {
      const seconds = view.__hf && view.__hf !== own ? Number(view.__hf.duration) : declared;
      return seconds !== null && seconds > 0 && seconds !== Infinity ? seconds : null;
    },

    // A page that hears of every seek may draw anything at any of them.
    next: () => (listened || paged() ? null : Infinity),
  };
}
