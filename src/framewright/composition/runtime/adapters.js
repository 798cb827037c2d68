// fw.adapters: players of other libraries, registered by the page in lists that exist before its first script.
//   begin()        the clock obeys from now on
//   seek(seconds)  moves them all
//   next(seconds)  Infinity when there are none, else null: nobody knows when they move
// __hfLottie: lottie-web (goToAndStop) and dotLottie (setFrame); __hfAnime: seek(milliseconds); __hfD3: functions of
// seconds, or objects with seek(seconds). __hfThreeTime and __hfTypegpuTime are plain numbers for the page to read.
{
  const LISTS = ["__hfLottie", "__hfAnime", "__hfD3"];
  const TIMES = ["__hfThreeTime", "__hfTypegpuTime"];
  /** @type {any} */
  const view = window;
  for (const name of LISTS) view[name] = [];
  for (const name of TIMES) view[name] = 0;

  /** Within the length of a player: round and round when it loops, else up to its last frame. */
  const within = (/** @type {number} */ value, /** @type {number} */ length, /** @type {unknown} */ loops) =>
    !(length > 0) ? value : loops ? value % length : Math.min(value, length);

  /** @param {any} player @param {number} seconds */
  const lottie = (player, seconds) => {
    if (typeof player.goToAndStop === "function") {
      const frames = Number(player.totalFrames);
      const rate = Number(player.frameRate);
      const last = frames > 0 ? frames - (player.loop ? 0 : 1) : 0;
      if (rate > 0 && last > 0) player.goToAndStop(within(seconds * rate, last, player.loop), true);
      else player.goToAndStop(seconds * 1000, false);
    } else if (typeof player.setFrame === "function" && player.duration > 0) {
      const place = within(seconds, player.duration, player.loop);
      player.setFrame((place / player.duration) * player.totalFrames);
    }
  };
  /** @param {any} player @param {number} seconds */
  const anime = (player, seconds) => player.seek(seconds * 1000);
  /** @param {any} player @param {number} seconds */
  const d3 = (player, seconds) => (typeof player === "function" ? player(seconds) : player.seek(seconds));
  const movers = [lottie, anime, d3];

  fw.adapters = {
    // GSAP takes a long step for a machine that could not keep up, and shortens it; here it is a seek.
    begin: () => view.gsap?.ticker?.lagSmoothing?.(0),
    /** @param {number} seconds */
    seek(seconds) {
      for (const name of TIMES) view[name] = seconds;
      LISTS.forEach((name, kind) => {
        if (!Array.isArray(view[name])) return;
        for (const player of view[name]) {
          try {
            movers[kind](player, seconds);
          } catch (error) {
            fw.failures.report(error, `A player in window.${name}`);
          }
        }
      });
    },
    next: () => (LISTS.some((name) => Array.isArray(view[name]) && view[name].length > 0) ? null : Infinity),
  };
}
