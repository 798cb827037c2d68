// fw.phases: the events of CSS animations and transitions, each at its own time.
// The browser sends them when it draws: a page that begins its next animation as one ends would then depend on which
// frames were drawn. So its own are swallowed for what is driven, and sent by the clock. Each is sent once: seeking back
// takes nothing back.
//   watch(record)       a CSS animation or transition is driven from now on
//   next(record)        its next event that somebody listens to, as something due; null without any
//   cancelled(record)   its style rule or element is gone
//   guard(scope)        a shadow root: its events do not leave it
//   find()              handlers that are written as attributes
{
  const { natives } = fw;
  const NOTHING = -2;
  const RUN = -1; // then 0, 1, 2 …: the iteration of which the start was told
  const OVER = Infinity;
  const STAGES = ["run", "start", "iteration", "end", "cancel"];
  const TYPES = ["animation", "transition"].flatMap((kind) => STAGES.map((stage) => kind + stage));
  /** Types that somebody listens to. @type {Set<string>} */
  const heard = new Set();
  /** Names of what is driven, by element. @type {WeakMap<Element, Set<string>>} */
  const driven = new WeakMap();

  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (/** @type {any} */ type, /** @type {any} */ listener, /** @type {any} */ options) {
    if (TYPES.includes(type)) heard.add(type);
    return addEventListener.call(this, type, listener, options);
  };
  for (const owner of [window, Document.prototype, HTMLElement.prototype, SVGElement.prototype]) {
    for (const type of TYPES) {
      const old = Object.getOwnPropertyDescriptor(owner, `on${type}`);
      if (!old?.set) continue;
      const { set } = old;
      Object.defineProperty(owner, `on${type}`, {
        ...old,
        set(value) {
          heard.add(type);
          set.call(this, value);
        },
      });
    }
  }

  /** @param {FwPlayback} record */
  const about = ({ animation }) => {
    const effect = /** @type {KeyframeEffect} */ (animation.effect);
    const kind = animation instanceof CSSAnimation ? "animation" : "transition";
    const name = animation instanceof CSSAnimation ? animation.animationName : /** @type {CSSTransition} */ (animation).transitionProperty;
    return { element: effect.target, pseudoElement: effect.pseudoElement ?? "", kind, name };
  };

  /** @param {any} event */
  const swallow = (event) => {
    if (!event.isTrusted) return;
    const isDriven = () => driven.get(event.target)?.has(`${event.pseudoElement}${event.animationName ?? event.propertyName}`);
    if (!isDriven()) fw.animations.seek("script"); // born while this frame is drawn
    if (isDriven()) event.stopImmediatePropagation();
  };
  /** Before anybody else in the same tree. @param {EventTarget} scope */
  const guard = (scope) => {
    for (const type of TYPES) addEventListener.call(scope, type, swallow, true);
  };
  guard(window);

  /** @param {FwPlayback} record @param {string} stage @param {number} elapsed milliseconds */
  const tell = (record, stage, elapsed) => {
    const { element, pseudoElement, kind, name } = about(record);
    const told = { bubbles: true, elapsedTime: elapsed / 1000, pseudoElement };
    const event =
      kind === "animation"
        ? new AnimationEvent(kind + stage, { ...told, animationName: name })
        : new TransitionEvent(kind + stage, { ...told, propertyName: name });
    element?.dispatchEvent(event);
  };

  /** @param {FwPlayback} record */
  const next = (record) => {
    if (heard.size === 0 || record.told === OVER || record.held || record.idle) return null;
    const { told } = record;
    const rate = fw.playback.speed(record);
    if (!record.styled || rate <= 0) return null;
    const { kind } = about(record);
    const { delay, duration, iterations, activeDuration } = fw.playback.timing(record);
    const skipped = Math.max(0, -delay);
    /** @param {string} stage @param {number} own @param {number} elapsed @param {number} then */
    const due = (stage, own, elapsed, then) => {
      const at = Math.max(record.zero, record.zero + (own - record.offset) / rate);
      const run = () => {
        record.told = then;
        tell(record, stage, elapsed);
      };
      return { at, delay: at - record.zero, run };
    };
    if (told < RUN && heard.has(`${kind}run`)) return due("run", 0, skipped, RUN);
    const begun = duration > 0 ? Math.min(Math.floor(skipped / duration), Math.ceil(iterations) - 1) : 0;
    if (told < begun && heard.has(`${kind}start`)) return due("start", delay, skipped, begun);
    const turn = Math.max(told, begun) + 1;
    if (turn < iterations && duration > 0 && heard.has(`${kind}iteration`)) {
      return due("iteration", delay + turn * duration, turn * duration, turn);
    }
    return heard.has(`${kind}end`) ? due("end", delay + activeDuration, activeDuration, OVER) : null;
  };

  fw.phases = {
    guard,
    next,
    watch(record) {
      const { element, pseudoElement, name } = about(record);
      if (!element) return;
      const names = driven.get(element) ?? new Set();
      driven.set(element, names.add(pseudoElement + name));
    },
    cancelled(record) {
      const { kind } = about(record);
      if (record.told !== OVER && heard.has(`${kind}cancel`)) tell(record, "cancel", 0);
      record.told = OVER;
    },
    find() {
      for (const scope of fw.shadows.roots()) {
        for (const type of TYPES) if (scope.querySelector(`[on${type}]`)) heard.add(type);
      }
    },
  };
}
