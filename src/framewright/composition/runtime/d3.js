// fw.d3: window.__hfD3, a list of functions of seconds, or of objects with seek(seconds). Transitions and timers of d3 need
// nothing of this: they obey the clock by requestAnimationFrame and performance.now.
//   seek(seconds)  calls them all
//   next()         Infinity when there are none, else null
{
  /** @type {any} */
  const view = window;
  view.__hfD3 = [];

  fw.d3 = {
    seek(seconds) {
      for (const player of Array.isArray(view.__hfD3) ? view.__hfD3 : []) {
        try {
          const local = fw.instances.timeOf(player, seconds);
          if (typeof player === "function") player(local);
          else player.seek(local);
        } catch (error) {
          fw.failures.report(error, "A player in window.__hfD3");
        }
      }
    },
    next: () => (Array.isArray(view.__hfD3) && view.__hfD3.length > 0 ? null : Infinity),
  };
}
