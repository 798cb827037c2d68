// fw.control: the object that the render drives. The top document's waits under a secret name, is taken once, and is
// known to nobody else.
//
//   size()         the root's size, the viewport's, and what is written wrong on the root
//   prepare(fetching)   begins to wait until everything is loaded, and then stops the clock at 0; asked again it says whether
//                  it is done, and what forbids a render: {done, failure: {code, message, thrown}}
//   describe()     what the page says of itself, see describe.js
//   seek(seconds)  moves the page to one time; null, or [still until, notices, lost, screens], when something is to be
//                  said; lost: a frame of a source that could not be had, see footage.js; screens: how many videos wait
//                  for one, see screens.js
//   waiting()      those videos; placed() once they have theirs
//   pass(first, stop, numerator, denominator)  goes through frames of numerator / denominator a second one after the
//                  other, for a quarter of a second of real time at most, and up to the first at the end of which the
//                  page hears of being drawn; [the frame behind the last, whether it hears of it, notices, lost]
//   listen(first, stop, step, numerator, denominator)  goes through each, second, third … frame likewise, to be heard and
//                  not to be seen; [the frame to go on with, notices]
//   mayBeHeard()   whether scripts may change what is heard; sounds() what is heard by now, as in describe.js
//   fonts()        what text asks for, in all documents, see texts.js; fontSamples() the nodes that it speaks of
//   brighten(light)  from now on frames of HDR videos are shown in "pq" or "hlg", see bright_pictures.js; [screens, lost] as of
//                  seek(). bright() which of them are shown, paint(layer) what stands in their place
//   cover(grey)    lays two greys over the page; null takes them away
//   subtitles(told)  what is drawn over the page by its clock, see subtitles.js; before prepare()
//
// Order within a frame: clock and timers due, timelines, adapters, __hf.seek and hf-seek, Helios, windows, animations,
// frames of source videos, one generation of requestAnimationFrame, promises, subtitles. Each step is done in all realms before the next one begins.
{
  const FOREVER = 86_400;
  const LAP = 250; // milliseconds: a render that is cancelled need not wait for a long way to end
  let settled = false;
  let busy = false;

  /** Seconds until which nothing in the page is known to change; null: one piece of it cannot tell. @param {number} seconds */
  const stillUntil = (seconds) => {
    let soonest = FOREVER;
    for (const realm of fw.realms()) {
      for (const piece of [realm.timelines.next, realm.adapters.next, realm.hf.next, realm.helios.next, realm.windows.next, realm.media.next, realm.subtitles.next, realm.movingImages.next, realm.stillness.until]) {
        const next = piece(seconds);
        if (next === null) return null;
        soonest = Math.min(soonest, next);
      }
    }
    soonest = Math.min(soonest, fw.pictures.next(seconds), fw.brightPictures.next(seconds));
    return soonest > seconds ? soonest : null;
  };

  /** @param {number} seconds */
  const answer = (seconds) => {
    const known = stillUntil(seconds);
    const notices = fw.notices.drain();
    const lost = fw.footage.lost();
    const screens = fw.screens.waiting().length;
    return known === null && notices.length + screens === 0 && lost === null ? null : [known, notices, lost, screens];
  };

  /** The pictures of videos, and the frames of images that move, as far as they are seen now. @param {Fw[]} realms @param {number} seconds */
  const shown = async (realms, seconds) => {
    // A page that is only listened to is never seen.
    const visible = fw.config.listening ? [] : realms;
    for (const realm of visible) realm.screens.look();
    const images = visible.map((realm) => realm.movingImages.place(seconds));
    const waiting = [fw.pictures.update(seconds), fw.brightPictures.update(seconds), ...images].filter((promise) => promise !== null);
    if (waiting.length > 0) await Promise.all(waiting);
  };

  /** Source videos show and tell their new time. @param {Fw[]} realms @param {number} seconds */
  const pictured = async (realms, seconds) => {
    const posters = realms.flatMap((realm) => realm.media.posters());
    if (posters.length > 0) await Promise.all(posters);
    await shown(realms, seconds);
    for (const realm of realms) realm.mediaEvents.tick(seconds);
    for (const realm of realms) realm.mediaCallbacks.run();
  };

  /** What scripts have made of videos and sounds in this frame is there, and so is the picture that one was put at. @param {Fw[]} realms */
  const loaded = async (realms) => {
    for (const realm of realms) {
      const settled = realm.media.settle();
      if (settled) await settled;
    }
    await shown(realms, fw.time.now / 1000);
  };

  /** @param {number} seconds */
  const move = async (seconds) => {
    const due = fw.clock.advance(seconds);
    if (due) await due;
    const realms = fw.realms();
    // What timelines draw in their callbacks is of this time.
    const drawn = fw.pictures.update(seconds);
    if (drawn) await drawn;
    for (const realm of realms) realm.adapters.place();
    for (const realm of realms) realm.timelines.seek(seconds);
    for (const realm of realms) realm.adapters.seek(seconds);
    const waiting = realms.flatMap((realm) => realm.hf.seek(seconds));
    for (const realm of realms) realm.helios.seek(seconds);
    const turning = realms.filter((realm) => realm.windows.due(seconds));
    // What has begun so far was not begun by a window.
    if (turning.length > 0) for (const realm of realms) realm.animations.collect("script");
    for (const realm of turning) realm.windows.turn();
    for (const realm of realms) realm.animations.seek("window");
    const missed = fw.clock.catchUp();
    if (missed) await missed;
    await pictured(realms, seconds);
    for (const realm of realms) realm.smil.seek();
    for (const realm of realms) realm.pixi.wake();
    for (const realm of realms) realm.frames.run();
    // What a drawing callback has put off by no time belongs to its frame.
    const putOff = fw.clock.catchUp();
    if (putOff) await putOff;
    if (waiting.length > 0) await fw.hf.settle(waiting);
    await fw.clock.settle();
    await loaded(realms);
    const unstable = realms.flatMap((realm) => realm.helios.stable());
    if (unstable.length > 0) {
      await Promise.all(unstable);
      await fw.clock.settle();
    }
    for (const realm of realms) realm.animations.collect("script");
    fw.subtitles.place(seconds);
    const late = realms.map((realm) => realm.fonts.late()).filter((promise) => promise !== null);
    if (late.length > 0) await Promise.all(late);
    for (const realm of realms) realm.texts.later();
    for (const realm of realms) realm.screens.place();
  };

  /** @param {number} seconds */
  const drive = async (seconds) => {
    busy = true;
    try {
      // What the last draw had to tell the page's observers was posted before this turn, and must not come after a command.
      if (fw.realms().some((realm) => realm.draws.heard())) await fw.natives.turn();
      await move(seconds);
      fw.soundChanges.passed(seconds);
      if (fw.config.listening) for (const realm of fw.realms()) realm.sounds.passed();
    } finally {
      busy = false;
    }
  };

  /** @param {number} seconds */
  const seek = async (seconds) => {
    await drive(seconds);
    return answer(seconds);
  };

  /** @param {number} first @param {number} stop @param {number} numerator @param {number} denominator */
  const pass = async (first, stop, numerator, denominator) => {
    const end = fw.natives.now() + LAP;
    let frame = first;
    let heard = false;
    do {
      await drive((frame * denominator) / numerator);
      frame += 1;
      heard = fw.realms().some((realm) => realm.draws.heard());
    } while (frame < stop && !heard && fw.natives.now() < end);
    return [frame, heard, fw.notices.drain(), fw.footage.lost()];
  };

  /** @param {number} first @param {number} stop @param {number} step @param {number} numerator @param {number} denominator */
  const listen = async (first, stop, step, numerator, denominator) => {
    const end = fw.natives.now() + LAP;
    let frame = first;
    do {
      await drive((frame * denominator) / numerator);
      frame += step;
    } while (frame < stop && fw.natives.now() < end);
    return [frame, fw.notices.drain()];
  };

  /** The page moves itself: only once the clock obeys, and never from inside a frame. @param {number} seconds */
  const moveItself = async (seconds) => {
    if (settled && !busy) await drive(seconds);
  };

  /** @param {string} light */
  const brighten = async (light) => {
    fw.brightPictures.begin(light);
    const realms = fw.realms();
    await shown(realms, fw.time.now / 1000);
    for (const realm of realms) realm.screens.place();
    return [fw.screens.waiting().length, fw.footage.lost()];
  };

  /** @type {{done: boolean, failure: unknown}} */
  let state = { done: false, failure: null };
  /** @type {Promise<void> | null} */
  let preparing = null;

  const begin = async () => {
    const failure = await fw.ready.wait();
    if (failure) return failure;
    fw.clock.begin();
    for (const realm of fw.realms()) realm.adapters.begin();
    for (const realm of fw.realms()) realm.helios.begin();
    settled = true;
    /** @type {any} */ (window).__renderReady = true;
    return null;
  };

  const ready = async () => {
    let failure;
    try {
      failure = await begin();
    } catch (error) {
      const message = `The page cannot be made ready (${fw.failures.said(error)}): look for built-in objects that it replaces.`;
      failure = { code: "NEVER_READY", message };
    }
    state = { done: true, failure };
  };

  fw.control = {
    seek,
    pass,
    stillUntil,
    moveItself,
    size: () => ({ ...fw.roots.size(), viewport: [innerWidth, innerHeight], problems: fw.roots.problems() }),
    /** @param {boolean} fetching whether the browser sees a request under way */
    prepare(fetching) {
      fw.pending.tell(fetching);
      preparing ??= ready();
      return state;
    },
    describe: fw.describe.page,
    listen,
    mayBeHeard: () => fw.realms().some((realm) => realm.soundHints.any()),
    sounds: fw.describe.sounds,
    fonts: () => fw.realms().flatMap((realm) => realm.texts.groups()),
    fontSamples: () => fw.realms().flatMap((realm) => realm.texts.samples()),
    cover: fw.cover.set,
    brighten,
    bright: fw.brightPictures.shown,
    paint: fw.brightPictures.paint,
    waiting: fw.screens.waiting,
    placed() {
      for (const realm of fw.realms()) realm.screens.place();
    },
    subtitles: fw.subtitles.take,
  };

  if (fw.root === fw) {
    Object.defineProperty(window, fw.config.secret, { value: fw.control, configurable: true, enumerable: false });
  }
}
