// Everything that tells the time, told by the clock: Date, performance, Intl, Temporal, events, timelines.
// At t = 0 it is config.epoch (milliseconds since 1970; the first of January 2025 unless told otherwise).
{
  const { natives, time } = fw;
  const epoch = fw.config.epoch ?? natives.Date.UTC(2025, 0, 1);
  const today = () => epoch + Math.floor(time.now);

  /** @param {any} prototype @param {string} name @param {(this: any) => any} get */
  const redefine = (prototype, name, get) => {
    Object.defineProperty(prototype, name, { ...Object.getOwnPropertyDescriptor(prototype, name), get });
  };

  // A proxy keeps name, statics and subclassing as they are.
  const ClockedDate = new Proxy(natives.Date, {
    apply: () => new natives.Date(today()).toString(),
    construct: (target, args, newTarget) => Reflect.construct(target, args.length ? args : [today()], newTarget),
  });
  natives.Date.now = today;
  natives.Date.prototype.constructor = ClockedDate;
  /** @type {any} */ (window).Date = ClockedDate;

  Performance.prototype.now = () => time.now;
  redefine(Performance.prototype, "timeOrigin", () => epoch);
  redefine(Event.prototype, "timeStamp", () => time.now);
  redefine(AnimationTimeline.prototype, "currentTime", function () {
    return this instanceof DocumentTimeline ? time.now : natives.timelineTime(this);
  });

  redefine(Intl.DateTimeFormat.prototype, "format", function () {
    const format = natives.format(this);
    return (/** @type {any} */ date) => format(date === undefined ? today() : date);
  });
  /** @type {any} */ (Intl.DateTimeFormat.prototype).formatToParts = function (/** @type {any} */ date) {
    return natives.formatToParts(this, date === undefined ? today() : date);
  };

  // Not in every browser that can render.
  const { Temporal } = /** @type {any} */ (window);
  if (Temporal) {
    const instant = () => Temporal.Instant.fromEpochMilliseconds(today());
    const zoned = (/** @type {any} */ zone = Temporal.Now.timeZoneId()) => instant().toZonedDateTimeISO(zone);
    Object.assign(Temporal.Now, {
      instant,
      zonedDateTimeISO: zoned,
      plainDateTimeISO: (/** @type {any} */ zone) => zoned(zone).toPlainDateTime(),
      plainDateISO: (/** @type {any} */ zone) => zoned(zone).toPlainDate(),
      plainTimeISO: (/** @type {any} */ zone) => zoned(zone).toPlainTime(),
    });
  }
}
