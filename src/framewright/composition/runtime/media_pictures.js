// fw.pictures: the frames of source videos that the page shows or draws, at the clock's time. The topmost document keeps
// them for all realms.
//   want(element, {natural: true})    a script draws it: from now on there is one of its natural size at each time
//   want(element, {width, height})    it is shown in so many pixels of the screen, until leave(element)
//   follow(element)          its frames are asked for whether or not it is shown
//   leave(element)           it is shown no more
//   update(seconds)          fetches what is wanted and not there, in one message; null when all is there
//   refresh(record)          the same for one, at the clock's time
//   of(element)              {canvas, start, stop, width, height}: the picture, and the seconds of its source for which it
//                            is the answer (stop null: for ever); null until there is one. The canvas stays the same one
//   next(seconds)            when another picture is due; Infinity: never
//   draws()                  the page has begun to draw: videos that nobody sees may be sources of it
{
  const { natives, time } = fw;
  const NEARLY = 1e-6;
  // Such as may be drawn, before the first was; those that are drawn are not counted.
  const MOST_UNASKED = 16;

  const make = () => {
    /** @type {Map<FwMediaRecord, FwPictureEntry>} */
    const entries = new Map();
    let drawing = false;

    /** @param {FwMediaRecord} record */
    const entry = (record) => {
      const known = entries.get(record);
      if (known) return known;
      const document = record.element.ownerDocument;
      const canvas = /** @type {HTMLCanvasElement} */ (natives.createElement(document, "canvas"));
      /** @type {FwPictureEntry} */
      const fresh = { record, canvas, context: null, natural: false, guessed: false, box: null, start: 0, stop: 0, width: 0, height: 0, size: "", address: null, turn: 0, asking: null };
      entries.set(record, fresh);
      return fresh;
    };

    /** What is asked for: null for the natural size. @param {FwPictureEntry} of */
    const box = ({ record, natural, box: shown }) => {
      const { width, height } = /** @type {{width: number, height: number}} */ (record.facts?.video);
      if (natural || !shown) return null;
      return shown.width < width && shown.height < height ? shown : null;
    };

    /** @param {FwPictureEntry} of @param {VideoFrame} picture */
    const paint = (of, picture) => {
      const { canvas, record } = of;
      const { displayWidth: width, displayHeight: height } = picture;
      if (canvas.width !== width || canvas.height !== height || of.width === 0) [canvas.width, canvas.height] = [width, height];
      const alpha = record.facts?.video?.alpha ?? false;
      of.context ??= natives.getContext(canvas, "2d", { alpha: true });
      if (alpha) of.context.clearRect(0, 0, width, height);
      natives.drawImage(of.context, picture, 0, 0, width, height);
      picture.close();
      [of.width, of.height] = [width, height];
    };

    /** @param {FwPictureEntry} of @param {number} seconds @returns {Promise<void> | null} */
    const fetch = (of, seconds) => {
      const { record } = of;
      const { address, element } = record;
      if (!record.facts?.video || address === null) return null;
      const at = record.positionAt(seconds) + NEARLY;
      const wanted = box(of);
      const size = wanted ? `${wanted.width} ${wanted.height}` : "";
      const same = of.width > 0 && of.address === record.address && of.size === size;
      if (same && of.start <= at && (of.stop === null || at < of.stop)) {
        of.turn += 1; // an answer for another time must not take its place
        return null;
      }
      const question = `${address} ${at} ${size}`;
      if (of.asking?.question === question && of.asking.turn === of.turn) return of.asking.promise;
      const turn = (of.turn += 1);
      const take = async () => {
        const answer = await fw.footage.frame(address, at, wanted, { have: same ? of.start : null, element });
        if (of.turn !== turn || answer.start === undefined) {
          answer.picture?.close();
          return;
        }
        if (answer.picture) paint(of, answer.picture);
        Object.assign(of, { start: answer.start, stop: answer.stop, address, size });
      };
      // Who asks the same meanwhile waits for the same answer; of two questions the later one counts.
      const promise = take().finally(() => {
        if (of.asking?.turn === turn) of.asking = null;
      });
      of.asking = { question, turn, promise };
      return promise;
    };

    /** Nobody sees it, and a script may yet draw it. @param {FwMediaRecord} record @param {number} seconds */
    const mayBeDrawn = (record, seconds) => {
      if (record.kind !== "video" || !record.facts?.video) return false;
      if (!record.element.isConnected) return true;
      return drawing && record.timeAt(seconds) !== null && !record.element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    };

    /** @param {number} seconds */
    const guess = (seconds) => {
      let unasked = 0;
      for (const of of entries.values()) if (of.guessed) unasked += 1;
      for (const record of fw.realms().flatMap((realm) => realm.mediaRecords.known())) {
        const known = entries.get(record);
        if (unasked >= MOST_UNASKED || known?.natural || known?.guessed || known?.box || !mayBeDrawn(record, seconds)) continue;
        entry(record).guessed = true;
        unasked += 1;
      }
    };

    const wanted = () => Array.from(entries.values()).filter((of) => of.natural || of.guessed || of.box !== null);

    /** @param {number} seconds */
    const update = (seconds) => {
      if (fw.config.listening) return null;
      guess(seconds);
      if (entries.size === 0) return null;
      const asked = wanted().map((of) => fetch(of, seconds)).filter((promise) => promise !== null);
      return asked.length > 0 ? Promise.all(asked) : null;
    };

    return {
      /** @param {Element} element @param {{natural?: boolean, width?: number, height?: number}} wish */
      want(element, { natural = false, width = 0, height = 0 }) {
        const record = fw.mediaRecords.of(element);
        if (!record) return;
        const of = entry(record);
        if (natural) of.natural = true;
        else of.box = { width, height };
      },
      /** @param {Element} element */
      follow(element) {
        const record = fw.mediaRecords.of(element);
        if (record) entry(record).guessed = true;
      },
      /** @param {Element} element */
      leave(element) {
        const record = fw.mediaRecords.of(element);
        const of = record && entries.get(record);
        if (!of) return;
        of.box = null;
        if (!of.natural && !of.guessed) entries.delete(record);
      },
      update,
      /** @param {FwMediaRecord} record */
      refresh(record) {
        if (fw.config.listening) return null;
        guess(time.now / 1000);
        const of = entries.get(record);
        return of && (of.natural || of.guessed || of.box) ? fetch(of, time.now / 1000) : null;
      },
      /** @param {Element} element */
      of(element) {
        const record = fw.mediaRecords.of(element);
        const of = record && entries.get(record);
        return of && of.width > 0 ? of : null;
      },
      /** @param {number} seconds */
      next: (seconds) => Math.min(Infinity, ...wanted().map((of) => (of.width > 0 ? fw.mediaTimes.until(of.record, seconds, of.stop) : Infinity))),
      draws() {
        drawing = true;
      },
    };
  };

  fw.pictures = fw.root === fw ? make() : fw.root.pictures;
}
