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

  /** @param {any} ticker */
  const rouse = (ticker) => {
    const { now } = fw.time;
    if (!ticker || (ticker.lastTime >= 0 && ticker.lastTime < now)) return;
    ticker.lastTime = now - STEP;
    // Where maxFPS counts from.
    if (ticker._minElapsedMS > 0) ticker._lastFrame = now - ticker._minElapsedMS - 1;
  };

  fw.pixi = {
    wake() {
      for (const { ticker } of applications) {
        rouse(ticker);
        // The one that sprites of pictures and scripts share: told of its step, it is not told twice.
        rouse(ticker?.constructor?.shared);
      }
    },
  };
}
