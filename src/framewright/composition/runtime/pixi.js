// fw.pixi: the tickers of PixiJS 8. One that is told the time it already has, or an earlier one, calls nobody, and the
// application is not drawn: at 0, where it stood while loading, and whenever the clock goes back.
//   wake()   before the drawing callbacks of a frame: tickers that would sleep through it are told of a tiny step
// Applications are heard of by the hook that PixiJS has for its developer tools; a page may still use it.
{
  const STEP = 0.001; // milliseconds
  const HOOK = "__PIXI_APP_INIT__";
  /** @type {Set<any>} */
  const applications = new Set();
  /** @type {unknown} */
  let own;

  /** @this {unknown} @param {any} application @param {unknown[]} rest */
  const hear = function (application, ...rest) {
    applications.add(application);
    if (typeof own === "function") own.call(this, application, ...rest);
  };
  Object.defineProperty(window, HOOK, {
    configurable: true,
    get: () => hear,
    set(value) {
      own = value;
    },
  });

  /** Its own, and the one that sprites of pictures and scripts share. @param {any} application */
  const tickers = ({ ticker }) => (ticker ? [ticker, ticker.constructor?.shared] : []);

  fw.pixi = {
    wake() {
      for (const ticker of new Set(Array.from(applications).flatMap(tickers))) {
        const { now } = fw.time;
        if (!ticker || (ticker.lastTime >= 0 && ticker.lastTime < now)) continue;
        ticker.lastTime = now - STEP;
        // Where maxFPS counts from.
        if (ticker._minElapsedMS > 0) ticker._lastFrame = now - ticker._minElapsedMS - 1;
      }
    },
  };
}
