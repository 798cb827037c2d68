// fw.animations: CSS animations, CSS transitions and Element.animate, in the document and its shadow roots.
// Collected in every frame, since new ones appear. An animation begins
//   - when it is there as loading ends: as the window opens that its element is in (0 outside of any),
//   - when a window shows its element (seek("window")): as that window opens,
//   - else at the time of the script that brought it about.
//   collect(cause)  takes the new ones
//   obey()        the same, and looks what the author has paused or taken away since, all as of the clock's time
//   seek(cause)   takes the new ones, and puts all at the clock's time
//   zero(element) milliseconds at which the innermost window opens that an element is in, or its composition begins
//   pace(element) how fast the clock of its composition goes
//   place()       puts all at the clock's time
//   begin()       loading is over
//   next()        the next event or end that a script may hear of; null without any
//   longest()     seconds at which the last of those that end has ended; null without any
//   until(now)    milliseconds until which none changes anything; null: not known
{
  const { natives, time, playback, phases } = fw;
  const WHILE_LOADING = 16;
  /** @type {Set<FwPlayback>} */
  const known = new Set();

  /** @param {Animation} animation */
  const target = (animation) => /** @type {KeyframeEffect | null} */ (animation.effect)?.target ?? null;

  /** An element, the host of the shadow that it is in, the frame that this is in, and so on. @param {Element | null} element
   * @returns {Generator<[Element, Fw]>} */
  const ways = function* (element) {
    /** @type {Fw | null} */
    let realm = fw;
    while (element && realm) {
      yield [element, realm];
      const scope = element.getRootNode();
      if ("host" in scope) element = /** @type {ShadowRoot} */ (scope).host;
      else {
        element = realm.view.frameElement;
        realm = realm.above;
      }
    }
  };

  /** Milliseconds. @param {Element | null} element */
  const zero = (element) => {
    let latest = -Infinity;
    for (const [at, realm] of ways(element)) latest = Math.max(latest, realm.windows.zero(at) * 1000);
    return latest === -Infinity ? 0 : latest;
  };

  /** @param {Element | null} element */
  const pace = (element) => {
    let rate = 1;
    for (const [at, realm] of ways(element)) rate *= realm.references.line(realm.references.composition(at)).rate;
    return rate;
  };

  /** @param {Animation} animation @param {FwCause} cause @param {string} [state] */
  const take = (animation, cause, state) => {
    const shown = cause === "window" && !(animation instanceof CSSTransition);
    const taken = () => playback.take(animation, shown ? zero(target(animation)) : time.now, pace(target(animation)), state);
    const record = playback.of(animation) ?? taken();
    if (!record || known.has(record)) return;
    known.add(record);
    if (record.styled) phases.watch(record);
  };

  /** `animation-play-state` does not reach an animation that was paused by a call, as ours all are.
   * @param {FwPlayback} record */
  const obeyStyle = (record) => {
    const { animation } = record;
    if (record.commanded || !(animation instanceof CSSAnimation)) return;
    record.timing = null;
    const effect = /** @type {KeyframeEffect} */ (animation.effect);
    const over = !record.held && (playback.endsAt(record) ?? Infinity) <= time.now;
    if (!effect.target || over) return;
    record.style ??= natives.getComputedStyle(effect.target, effect.pseudoElement);
    const states = record.style.animationPlayState.split(", ");
    const names = states.length > 1 ? record.style.animationName.split(", ") : [];
    const held = states[Math.max(0, names.indexOf(animation.animationName)) % states.length] === "paused";
    if (held === record.held) return;
    if (held) record.offset = playback.time(record) ?? 0;
    record.held = held;
    record.zero = time.now;
  };

  /** @param {FwCause} cause */
  const collect = (cause) => {
    for (const scope of fw.shadows.roots()) {
      const found = scope === document ? natives.getAnimations(document) : natives.getShadowAnimations(scope);
      // Asked before the first is moved: each answer would compute all styles anew.
      const fresh = found.filter((/** @type {Animation} */ animation) => !playback.of(animation));
      const states = new Map(fresh.map((/** @type {Animation} */ animation) => [animation, natives.animation.playState(animation)]));
      for (const animation of found) take(animation, cause, states.get(animation));
    }
  };

  const obey = () => {
    collect("script");
    for (const record of known) {
      if (!record.idle && natives.animation.currentTime(record.animation) === null) {
        known.delete(record);
        if (record.styled) phases.cancelled(record);
      } else if (target(record.animation)?.isConnected === false) known.delete(record);
      else obeyStyle(record);
    }
  };

  const place = () => {
    for (const record of known) playback.place(record);
  };

  /** @param {FwCause} cause */
  const seek = (cause) => {
    collect(cause);
    place();
  };

  Element.prototype.animate = function (/** @type {any} */ keyframes, /** @type {any} */ options) {
    const animation = natives.animate(this, keyframes, options);
    take(animation, "script");
    return animation;
  };

  // While loading they would run in real time. Asking for them earlier than this would compute styles before the style
  // sheets are there, and have transitions begin that nobody sees otherwise.
  const hold = natives.setInterval(() => {
    if (!time.loading) natives.clearInterval(hold);
    else if (document.readyState === "complete") seek("script");
  }, WHILE_LOADING);

  /** A script may hear of its end: it made it, or asked about it. @param {FwPlayback} record */
  const isWatched = (record) => !record.ended && (!record.styled || record.finished !== null || record.animation.onfinish !== null);

  /** @param {FwPlayback} record @returns {FwDue | null} */
  const finish = (record) => {
    const at = isWatched(record) ? playback.endsAt(record) : null;
    return at === null || at === Infinity ? null : { at, delay: at - record.zero, run: () => playback.end(record) };
  };

  fw.animations = {
    seek,
    zero,
    pace,
    collect,
    obey,
    place,
    begin() {
      for (const record of known) {
        if (record.loading) record.zero = zero(target(record.animation));
        record.pace = pace(target(record.animation));
        record.loading = false;
        playback.place(record);
      }
    },
    next() {
      /** @type {FwDue | null} */
      let first = null;
      for (const record of known) {
        for (const due of [phases.next(record), finish(record)]) if (due && (!first || due.at < first.at)) first = due;
      }
      return first;
    },
    longest() {
      let latest = 0;
      for (const record of known) {
        const at = playback.endsAt(record);
        if (at !== null && at !== Infinity) latest = Math.max(latest, at);
      }
      return latest > 0 ? latest / 1000 : null;
    },
    until(now) {
      let soonest = Infinity;
      for (const record of known) {
        const end = playback.endsAt(record);
        if (end === null) continue;
        if (end <= now) continue;
        const rate = playback.speed(record);
        const start = record.zero + (playback.timing(record).delay - record.offset) / rate;
        if (rate < 0 || start <= now) return null;
        soonest = Math.min(soonest, start);
      }
      return soonest;
    },
  };
}
