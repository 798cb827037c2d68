// fw.mediaPlans: what the attributes of a video or a sound, and of all around it, say of its time. Read once, and again
// when they have changed: it is asked for several times in each frame. All times are seconds.
//   of(record)   placed: they say when it plays, and scripts have no say; byItself: without such it plays from the beginning
//                of its composition on. offset, rate, loop; start, stop: of one that is placed, by the page's clock; ends: when
//                its source is over; line: the clock of its composition; zero, pace: of one that is not placed, when the
//                window around it opens, and how fast the clock there goes; lasts: how long it goes on by itself, at most
//   WATCHED      the attributes that it follows from
{
  const { time } = fw;
  const FIXED = ["data-start", "data-helios-offset", "data-helios-seek"];
  const TIMED = [
    "autoplay", "data-end", "data-duration", "data-composition-duration", "data-media-start", "data-playback-start", "data-track-index",
    "data-volume", "data-automation", "data-audio-group", "data-fx-chain",
  ];
  const WATCHED = [...FIXED, ...TIMED, "data-playback-rate", "loop"];

  /** @param {FwMediaRecord} record @param {number} age @returns {FwMediaPlan} */
  const read = (record, age) => {
    const { element, realm, facts, changes } = record;
    const { references, animations } = realm;
    const placed = FIXED.some((name) => element.hasAttribute(name));
    const line = references.line(references.composition(element));
    const { offset, rate } = references.media(element);
    const lasts = references.duration(element) ?? Infinity;
    const start = placed ? references.start(element) : 0;
    const loop = fw.natives.media.loop(element);
    const left = Math.max(0, (facts?.seconds ?? Infinity) - offset) / (rate * line.rate);
    return {
      age,
      changes,
      facts,
      placed,
      // What stands in a sub-composition belongs to its time, as in HyperFrames; in a page for Helios all does.
      byItself: TIMED.some((name) => element.hasAttribute(name)) || fw.instances.of(element) !== null || fw.helios.drives(),
      offset,
      rate,
      loop,
      start,
      stop: start + lasts,
      ends: loop ? Infinity : start + left,
      line,
      zero: placed ? 0 : animations.zero(element) / 1000,
      pace: placed ? 1 : animations.pace(element),
      lasts,
    };
  };

  /** @param {FwMediaRecord} record */
  const of = (record) => {
    const age = record.realm.references.age();
    const { plan } = record;
    const isGood = plan && !time.loading && plan.age === age && plan.changes === record.changes && plan.facts === record.facts;
    if (isGood) return plan;
    record.plan = read(record, age);
    return record.plan;
  };

  fw.mediaPlans = { of, WATCHED };
}
