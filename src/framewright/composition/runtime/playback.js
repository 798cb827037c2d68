// fw.playback: what the time of one animation is, and the author's calls to it.
// All animations are paused for the browser; where each stands follows from the clock alone:
//   offset + (now - zero) * playbackRate * pace, or `offset` while held
// so that any time can be put at once. Their author does not see the pause: play, pause, reverse, finish, cancel,
// currentTime, startTime, playbackRate, playState, finished act as if the animation ran, on this clock.
//   of(animation)          its record, or undefined
//   take(animation, zero, pace, state)  begins to drive it, from `zero` (milliseconds) on, on a clock of this pace, being in
//                          this playState; null when it is idle, or driven by scrolling
//   speed(record)          what of its time goes by in one of the clock
//   time(record)           its current time in milliseconds, as its author sees it; null when cancelled
//   timing(record)         its delay, duration, length …, in milliseconds
//   place(record)          puts it there
//   endsAt(record)         when it ends on the clock, in milliseconds; Infinity: never; null: does not run
//   end(record)            tells that it has ended: finish event, finished promise; once for each time it was played
{
  const { time } = fw;
  const native = fw.natives.animation;
  /** @type {WeakMap<Animation, FwPlayback>} */
  const records = new WeakMap();

  /** Driven by the clock, not by scrolling. @param {Animation} animation */
  const isTimed = (animation) => animation.timeline !== null && !("source" in animation.timeline);

  // Asking an effect for its timing is dear. It changes by a call, or with its style: obey() of animations.js forgets it.
  let changes = 0;
  const { updateTiming } = AnimationEffect.prototype;
  AnimationEffect.prototype.updateTiming = function (/** @type {any} */ timing) {
    changes += 1;
    updateTiming.call(this, timing);
  };

  /** @param {FwPlayback} record */
  const timing = (record) => {
    if (record.timing?.changes !== changes) {
      const told = record.animation.effect?.getComputedTiming();
      const { delay = 0, iterations = 0, activeDuration = 0 } = told ?? {};
      const [duration, length] = [Number(told?.duration ?? 0), Number(told?.endTime ?? 0)];
      record.timing = { delay, duration, iterations, activeDuration: Number(activeDuration), length, changes };
    }
    return record.timing;
  };

  /** @param {FwPlayback} record */
  const length = (record) => timing(record).length;

  /** @param {FwPlayback} record */
  const speed = (record) => native.playbackRate(record.animation) * record.pace;

  /** @param {FwPlayback} record */
  const running = (record) => record.offset + (time.now - record.zero) * speed(record);

  /** @param {FwPlayback} record */
  const clocked = (record) => {
    if (record.idle) return null;
    if (record.held) return record.offset;
    const rate = native.playbackRate(record.animation);
    return rate < 0 ? Math.max(running(record), 0) : Math.min(running(record), length(record));
  };

  /** @param {FwPlayback} record */
  const place = (record) => {
    const { animation } = record;
    if (record.idle || !isTimed(animation)) return;
    const { delay, length } = timing(record);
    const before = Math.min(0, delay) - 1;
    const place = record.held ? record.offset : Math.max(before, Math.min(length, running(record)));
    if (place === record.placed) return; // setting it again would have the browser draw again
    if (native.currentTime(animation) === null) return; // its style rule is gone: this would bring it back
    record.placed = place;
    native.setCurrentTime(animation, place);
  };

  /** From now on it runs, or stands, at the time that the browser has for it. @param {FwPlayback} record @param {boolean} held */
  const follow = (record, held) => {
    const { animation } = record;
    record.offset = Number(native.currentTime(animation) ?? 0);
    record.zero = time.now;
    record.held = held;
    record.idle = false;
    record.commanded = true;
    native.pause(animation); // before the time is set: the other order drifts
    native.setCurrentTime(animation, record.offset);
    record.placed = record.offset;
  };

  /** @param {Animation} animation @param {number} zero @param {number} pace @param {string} [state] */
  const take = (animation, zero, pace, state = native.playState(animation)) => {
    if (state === "idle" || !isTimed(animation)) return null;
    /** @type {FwPlayback} */
    const record = {
      animation,
      styled: animation instanceof CSSAnimation || animation instanceof CSSTransition,
      style: null,
      timing: null,
      zero,
      pace,
      offset: 0,
      held: state === "paused",
      idle: false,
      loading: time.loading,
      ended: false,
      commanded: false,
      told: -2,
      placed: null,
      finished: null,
    };
    if (record.held || native.playbackRate(animation) < 0) record.offset = Number(native.currentTime(animation) ?? 0);
    records.set(animation, record);
    native.pause(animation);
    place(record);
    return record;
  };

  /** @param {FwPlayback} record */
  const endsAt = (record) => {
    const rate = speed(record);
    if (record.held || record.idle || rate === 0) return null;
    return record.zero + (rate > 0 ? length(record) - record.offset : -record.offset) / rate;
  };

  /** @param {FwPlayback} record */
  const hasEnded = (record) => {
    if (record.held) return record.ended;
    const at = endsAt(record);
    return at !== null && time.now >= at;
  };

  /** @param {FwPlayback} record */
  const end = (record) => {
    record.ended = true;
    const { animation } = record;
    record.finished?.resolve(animation);
    const currentTime = clocked(record);
    animation.dispatchEvent(new AnimationPlaybackEvent("finish", { currentTime, timelineTime: time.now }));
  };

  /** It may end again. @param {FwPlayback} record */
  const renew = (record) => {
    if (record.ended) record.finished = null;
    if (hasEnded(record)) record.told = -2;
    record.ended = false;
  };

  /** Replaces a method by one that knows the record; animations that are not driven keep the browser's.
   * @param {string} name @param {(record: FwPlayback, ...args: any[]) => void} ours */
  const command = (name, ours) => {
    /** @type {any} */ (Animation.prototype)[name] = function (/** @type {any[]} */ ...args) {
      const record = records.get(this);
      if (record) ours(record, ...args);
      else {
        native[name](this, ...args);
        take(this, time.now, fw.animations.pace(/** @type {KeyframeEffect | null} */ (this.effect)?.target ?? null));
      }
    };
  };

  command("play", (record) => {
    place(record);
    native.play(record.animation);
    renew(record);
    follow(record, false);
  });
  command("pause", (record) => {
    place(record);
    native.pause(record.animation);
    follow(record, true);
  });
  command("reverse", (record) => {
    place(record);
    native.reverse(record.animation);
    renew(record);
    follow(record, false);
  });
  command("finish", (record) => {
    const { animation } = record;
    const rate = native.playbackRate(animation);
    const last = rate > 0 ? length(record) : 0;
    if (rate === 0 || last === Infinity) native.finish(animation); // the browser says why it cannot
    native.setCurrentTime(animation, last);
    follow(record, true);
    if (!record.ended) queueMicrotask(() => end(record));
    record.ended = true;
  });
  command("cancel", (record) => {
    native.cancel(record.animation);
    record.idle = true;
    record.placed = null;
    if (record.finished && !record.ended) {
      record.finished.promise.catch(() => null);
      record.finished.reject(new DOMException("The animation was cancelled.", "AbortError"));
    }
    record.finished = null;
    record.ended = false;
  });
  command("updatePlaybackRate", (record, rate) => setRate(record, rate));
  command("commitStyles", (record) => {
    place(record);
    native.commitStyles(record.animation);
  });

  /** @param {FwPlayback} record @param {number} rate */
  const setRate = (record, rate) => {
    place(record);
    native.setPlaybackRate(record.animation, rate);
    if (!record.idle) follow(record, record.held);
  };

  /** @param {string} name @param {(record: FwPlayback) => any} get @param {(record: FwPlayback, value: any) => void} [set] */
  const property = (name, get, set) => {
    const old = /** @type {any} */ (Object.getOwnPropertyDescriptor(Animation.prototype, name));
    Object.defineProperty(Animation.prototype, name, {
      ...old,
      get() {
        const record = records.get(this);
        return record && isTimed(this) ? get(record) : old.get.call(this);
      },
      set: old.set && function (/** @type {any} */ value) {
        // @ts-expect-error: a setter's receiver
        const self = /** @type {Animation} */ (this);
        const record = records.get(self);
        if (record && set && isTimed(self)) set(record, value);
        else old.set.call(self, value);
      },
    });
  };

  property("currentTime", clocked, (record, value) => {
    native.setCurrentTime(record.animation, value);
    if (value === null) return;
    renew(record);
    follow(record, record.held || record.idle);
  });
  property(
    "startTime",
    (record) => {
      const rate = speed(record);
      return record.held || record.idle || rate === 0 ? null : record.zero - record.offset / rate;
    },
    (record, value) => {
      if (value === null) {
        /** @type {Animation} */ (record.animation).pause();
        return;
      }
      renew(record);
      native.setCurrentTime(record.animation, (time.now - Number(value)) * speed(record));
      follow(record, false);
      record.loading = false;
    },
  );
  property("effect", ({ animation }) => native.effect(animation), ({ animation }, effect) => {
    changes += 1;
    native.setEffect(animation, effect);
  });
  property("playbackRate", ({ animation }) => native.playbackRate(animation), setRate);
  property("playState", (record) => {
    if (record.idle) return "idle";
    if (hasEnded(record)) return "finished";
    return record.held ? "paused" : "running";
  });
  property("pending", () => false);
  property("ready", ({ animation }) => Promise.resolve(animation));
  property("finished", (record) => {
    record.finished ??= Promise.withResolvers();
    if (record.ended || hasEnded(record)) record.finished.resolve(record.animation);
    return record.finished.promise;
  });

  fw.playback = { of: (animation) => records.get(animation), take, speed, time: clocked, timing, place, endsAt, end };
}
