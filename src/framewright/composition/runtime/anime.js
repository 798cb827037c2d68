// fw.anime: anime.js, version 4.
// window.__hfAnime lists players that are put at the time of the page, in milliseconds. What runs by itself is found
// through window.AnimeJS, where each copy of the library leaves its engine: the engine reads our clock, but skips what
// comes too soon after another tick, does not go back, and lets go of what has ended.
//   begin()       the clock obeys from now on
//   due(target)   the first end on the way to a time (milliseconds) that a script hears of; null without any
//   seek(seconds) puts them all
//   next()        Infinity when nothing runs, else null
{
  const { natives, time } = fw;
  const today = natives.Date.now;
  /** @type {any} */
  const view = window;
  view.__hfAnime = [];

  /** `start`: milliseconds, as Date tells them. `born`: when a callback began it, else null. @typedef {{engine: any, start: number, born: number | null}} Record */
  /** @type {Map<any, Record>} */
  const records = new Map();
  let before = 0;

  /** @returns {any[]} */
  const engines = () => {
    const copies = view.AnimeJS;
    return Array.isArray(copies) ? copies.map((copy) => copy?.engine).filter((engine) => typeof engine?.update === "function") : [];
  };

  /** What runs now. @param {boolean} called by a callback, if it is new */
  const collect = (called) => {
    for (const engine of engines()) {
      for (let running = engine._head; running; running = running._next) {
        if (running.paused) continue;
        const born = records.get(running)?.born ?? (called && !records.has(running) ? time.now : null);
        records.set(running, { engine, start: running._startTime, born });
      }
    }
  };

  /** Whole milliseconds on the clock, since it reads Date. @param {any} running @param {Record} record */
  const endsAt = (running, { engine, start }) => {
    const end = start + (running._delay + running.duration) / (running._speed * engine._speed);
    return Math.ceil(end - (today() - Math.floor(time.now)));
  };

  /** It had ended by the time that was shown before. @param {any} ended @param {Record} record */
  const revive = (ended, record) => {
    const own = (today() - record.start) * ended._speed * record.engine._speed;
    ended.seek(own - ended._delay, true);
    ended.resume();
    ended._startTime = record.start; // resuming moves it on by what it takes for a frame
  };

  const rewind = () => {
    for (const [running, record] of records) {
      if (record.born !== null && record.born > time.now) {
        // The callback that began it will begin it again.
        running.seek(0, true);
        running.pause();
        records.delete(running);
      } else if (running.completed && running.paused && time.now < endsAt(running, record)) revive(running, record);
    }
  };

  const update = () => {
    collect(false);
    if (time.now < before) rewind();
    before = time.now;
    for (const engine of engines()) {
      // When it ticked last; the name differs between releases of version 4.
      engine._scheduledTime = 0;
      engine._lastTickTime = 0;
      try {
        if (engine._head) engine.update();
      } catch (error) {
        fw.failures.report(error, "An animation of anime.js");
      }
    }
    collect(true);
  };

  /** @param {any} running @param {any} engine */
  const isHeard = (running, { defaults }) => running.onComplete !== defaults.onComplete || running._resolve !== defaults.onComplete;

  fw.anime = {
    begin: () => collect(false),
    due(target) {
      /** @type {FwDue | null} */
      let first = null;
      collect(false);
      for (const [running, record] of records) {
        if (running.paused || !isHeard(running, record.engine)) continue;
        const at = endsAt(running, record);
        if (!(at > before) || at > target || (first && first.at <= at)) continue;
        first = { at, delay: 0, run: update };
      }
      return first;
    },
    seek(seconds) {
      update();
      for (const player of Array.isArray(view.__hfAnime) ? view.__hfAnime : []) {
        try {
          if (player.paused === false) player.pause?.(); // else its engine moves it on in the same frame
          player.seek(fw.instances.timeOf(player, seconds) * 1000);
        } catch (error) {
          fw.failures.report(error, "A player in window.__hfAnime");
        }
      }
    },
    next() {
      if (Array.isArray(view.__hfAnime) && view.__hfAnime.length > 0) return null;
      return engines().some((engine) => engine._head) ? null : Infinity;
    },
  };
}
