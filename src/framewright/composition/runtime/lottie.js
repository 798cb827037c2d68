// fw.lottie: Lottie animations.
// window.__hfLottie lists players that are put at the time of the page: lottie-web (goToAndStop) and dotLottie (setFrame).
// Animations of lottie-web that play by themselves are found in window.lottie and follow the clock from where, and when,
// they were told to play. What their author tells them later is kept with its time, so that it can be gone back to.
//   begin()       the clock obeys from now on
//   loaded()      whether all that are known have their data
//   due(target)   the first end or loop that a script hears of on the way to a time (milliseconds); null without any
//   seek(seconds) puts them all
//   next()        Infinity when none plays, else null
//   longest()     seconds at which the last of those that end has ended; 0 without any
{
  const { time } = fw;
  const COMMANDS = ["play", "pause", "stop", "goToAndStop", "goToAndPlay", "playSegments", "setSegment", "resetSegments", "setSpeed", "setDirection", "setLoop"];
  const MOST = 500;
  /** @type {any} */
  const view = window;
  view.__hfLottie = [];

  /** @typedef {{from: number, raw: number, first: number, total: number, modifier: number, paused: boolean, left: number}} Told */
  /** @typedef {{animation: any, told: Told[], at: number}} Record */
  /** @type {Map<any, Record>} */
  const records = new Map();
  /** Their own methods, by prototype. @type {WeakMap<object, any>} */
  const methods = new WeakMap();
  let busy = false;

  /** @param {any} animation @returns {Told} */
  const state = (animation) => ({
    from: time.now,
    raw: animation.currentRawFrame,
    first: animation.firstFrame,
    total: animation.totalFrames,
    modifier: animation.frameModifier,
    paused: animation.isPaused,
    // How many passes follow this one.
    left: animation.loop === true ? Infinity : animation.loop ? animation.loop - animation.playCount : 0,
  });

  /** @param {Record} record */
  const tell = (record) => {
    const { told, animation } = record;
    while (told.length > 0 && told[told.length - 1].from >= time.now) told.pop();
    if (told.length > MOST) told.splice(1, 1);
    told.push(state(animation));
  };

  /** What it was told last, as of a time. @param {Record} record */
  const index = ({ told }) => Math.max(0, told.findLastIndex(({ from }) => from <= time.now));

  /** Milliseconds at which its last frame is reached. @param {Told} told */
  const endsAt = ({ from, raw, total, modifier, paused, left }) => {
    if (paused || modifier === 0) return null;
    if (modifier < 0) return left === Infinity ? Infinity : from - raw / modifier;
    return from + ((left + 1) * total - 1 - raw) / modifier;
  };

  /** @param {Told} told */
  const frame = (told) => {
    const { raw, total, modifier } = told;
    const end = endsAt(told);
    if (end === null) return raw;
    if (time.now >= end) return modifier < 0 ? 0 : total - 1;
    const place = raw + (time.now - told.from) * modifier;
    return ((place % total) + total) % total;
  };

  /** @param {Record} record */
  const place = (record) => {
    const { animation } = record;
    const told = record.told[index(record)];
    Object.assign(animation, { firstFrame: told.first, totalFrames: told.total });
    animation.isPaused = time.now >= (endsAt(told) ?? -Infinity);
    record.at = time.now;
    const wanted = frame(told);
    if (animation.currentRawFrame !== wanted) animation.setCurrentRawFrameValue(wanted);
  };

  /** Its methods act as of the clock's time, and its own clock no longer moves it. @param {any} prototype */
  const command = (prototype) => {
    if (methods.has(prototype)) return;
    const own = Object.fromEntries([...COMMANDS, "advanceTime"].map((name) => [name, prototype[name]]));
    methods.set(prototype, own);
    for (const name of COMMANDS) {
      prototype[name] = function (/** @type {any[]} */ ...args) {
        if (busy || time.loading) return own[name].apply(this, args);
        const record = records.get(this);
        if (record) place(record);
        busy = true;
        try {
          return own[name].apply(this, args);
        } finally {
          busy = false;
          if (record) tell(record);
          else take(this);
        }
      };
    }
    prototype.advanceTime = function (/** @type {any[]} */ ...args) {
      if (!records.has(this)) own.advanceTime.apply(this, args);
    };
  };

  /** @param {any} animation */
  const take = (animation) => {
    if (animation.isPaused || !animation.isLoaded || records.has(animation)) return;
    if (Array.isArray(view.__hfLottie) && view.__hfLottie.includes(animation)) return;
    records.set(animation, { animation, told: [state(animation)], at: time.now });
  };

  /** Those of lottie-web, whether they play or not. @returns {any[]} */
  const found = () => {
    const player = view.lottie ?? view.bodymovin;
    return typeof player?.getRegisteredAnimations === "function" ? player.getRegisteredAnimations() : [];
  };

  const collect = () => {
    const all = found();
    for (const animation of all) {
      command(Object.getPrototypeOf(animation));
      take(animation);
    }
    if (records.size === 0) return;
    const living = new Set(all);
    for (const animation of records.keys()) if (!living.has(animation) || !animation.renderer) records.delete(animation);
  };

  /** Within the length of a player: round and round when it loops, else up to its last frame. */
  const within = (/** @type {number} */ value, /** @type {number} */ length, /** @type {unknown} */ loops) =>
    !(length > 0) ? value : loops ? value % length : Math.min(value, length);

  /** A listed player. @param {any} player @param {number} seconds */
  const put = (player, seconds) => {
    if (typeof player.goToAndStop === "function") {
      const frames = Number(player.totalFrames);
      const rate = Number(player.frameRate);
      const last = frames > 0 ? frames - (player.loop ? 0 : 1) : 0;
      if (rate > 0 && last > 0) player.goToAndStop(within(seconds * rate, last, player.loop), true);
      else player.goToAndStop(seconds * 1000, false);
    } else if (typeof player.setFrame === "function" && player.duration > 0) {
      if (player.isPlaying) player.pause(); // else its own clock moves it on in the same frame
      const place = within(seconds, player.duration, player.loop);
      player.setFrame((place / player.duration) * player.totalFrames);
    }
  };

  /** @param {any} animation @param {string} event @param {string} handler */
  const isHeard = (animation, event, handler) => Boolean(animation._cbs?.[event]?.length || animation[handler]);

  /** Lets the animation itself come to its end: it may have another segment to play. @param {Record} record */
  const end = (record) => {
    const { animation } = record;
    place(record);
    busy = true;
    try {
      animation.isPaused = false;
      animation.playCount = animation.loop || 0;
      methods.get(Object.getPrototypeOf(animation)).advanceTime.call(animation, 0);
    } finally {
      busy = false;
      tell(record);
    }
  };

  /** @param {Record} record @param {number} target @returns {FwDue | null} */
  const dueOf = (record, target) => {
    const at = index(record);
    const told = record.told[at];
    const until = Math.min(target, (record.told[at + 1]?.from ?? Infinity));
    const ends = endsAt(told);
    if (ends !== null && ends > record.at && ends <= until) return { at: ends, delay: 0, run: () => end(record) };
    if (told.paused || told.modifier <= 0 || !isHeard(record.animation, "loopComplete", "onLoopComplete")) return null;
    const passes = Math.floor((told.raw + (record.at - told.from) * told.modifier + 1e-9) / told.total) + 1;
    const loops = told.from + (passes * told.total - told.raw) / told.modifier;
    if (loops > until || passes > told.left) return null;
    const run = () => {
      place(record);
      record.at = Math.max(record.at, loops);
      record.animation.trigger("loopComplete");
    };
    return { at: loops, delay: 0, run };
  };

  fw.lottie = {
    begin() {
      collect();
      const player = view.lottie ?? view.bodymovin;
      if (records.size > 0) player.freeze?.();
    },
    loaded() {
      const listed = Array.isArray(view.__hfLottie) ? view.__hfLottie : [];
      return [...found(), ...listed].every((player) => player?.isLoaded !== false);
    },
    due(target) {
      /** @type {FwDue | null} */
      let first = null;
      for (const record of records.values()) {
        const due = dueOf(record, target);
        if (due && (!first || due.at < first.at)) first = due;
      }
      return first;
    },
    seek(seconds) {
      collect();
      for (const record of records.values()) place(record);
      for (const player of Array.isArray(view.__hfLottie) ? view.__hfLottie : []) {
        try {
          put(player, fw.instances.timeOf(player, seconds));
        } catch (error) {
          fw.failures.report(error, "A player in window.__hfLottie");
        }
      }
    },
    next() {
      if (Array.isArray(view.__hfLottie) && view.__hfLottie.length > 0) return null;
      for (const record of records.values()) if (time.now < (endsAt(record.told[index(record)]) ?? -Infinity)) return null;
      return Infinity;
    },
    longest() {
      const ends = Array.from(records.values(), ({ told }) => endsAt(told[told.length - 1]) ?? 0);
      return Math.max(0, ...ends.filter((at) => at !== Infinity)) / 1000;
    },
  };
}
