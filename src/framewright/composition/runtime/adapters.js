// fw.adapters: all libraries whose animations are driven, each by a file of its own.
//   begin()        the clock obeys from now on
//   wait()         until what they play is loaded, with a limit and a warning
//   place()        puts what runs by itself at the clock's time, before a script measures it or adds to it
//   due(target)    the first thing on the way to a time (milliseconds) that a script hears of; null without any
//   seek(seconds)  moves them all
//   next(seconds)  Infinity when there are none, the seconds at which one begins to move, null: not known
//   longest()      seconds at which the last of those that end has ended; null without any
// __hfThreeTime and __hfTypegpuTime are plain numbers for the page to read.
{
  const TIMES = ["__hfThreeTime", "__hfTypegpuTime"];
  /** @type {any} */
  const view = window;
  for (const name of TIMES) view[name] = 0;

  /** @type {FwAdapter[]} */
  const all = [fw.gsap, fw.lottie, fw.anime, fw.d3];

  fw.adapters = {
    begin: () => all.forEach((adapter) => adapter.begin?.()),
    async wait() {
      if (await fw.waits.until(fw.lottie.loaded, fw.config.promise_timeout)) return;
      fw.notices.add("LOTTIE_NOT_LOADED", `A Lottie animation was not loaded within ${fw.config.promise_timeout} s.`);
    },
    place: () => fw.gsap.place(),
    /** @param {number} target */
    due(target) {
      /** @type {FwDue | null} */
      let first = null;
      for (const adapter of all) {
        const due = adapter.due?.(target);
        if (due && (!first || due.at < first.at)) first = due;
      }
      return first;
    },
    /** @param {number} seconds */
    seek(seconds) {
      for (const name of TIMES) view[name] = seconds;
      for (const adapter of all) adapter.seek(seconds);
    },
    /** @param {number} seconds */
    next(seconds) {
      let soonest = Infinity;
      for (const adapter of all) {
        const next = adapter.next(seconds);
        if (next === null) return null;
        soonest = Math.min(soonest, next);
      }
      return soonest;
    },
    longest: () => fw.lottie.longest() || null,
  };
}
