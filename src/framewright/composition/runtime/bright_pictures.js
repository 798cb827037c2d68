// fw.brightPictures: the frames of HDR videos that the page shows, for an output in HDR. A browser knows 8 bits: such a frame
// comes as two pictures, of the high bytes of its codes and of the low ones, and the page is drawn once with each of them,
// once with black and once with white in their place. Python makes one picture of those four (media/hdr/compositing.py).
// What scripts draw of a video they get from fw.pictures, in SDR.
//   begin(light)     "pq" or "hlg": the codes that are wanted, from now on
//   takes(video)     whether frames of a source that holds this come this way
//   want(element, box), leave(element), update(seconds), of(element), next(seconds)    as of fw.pictures
//   shown()          a text that differs when other frames are shown, or in another size; "" while none is
//   paint(layer)     "black", "white", "high" or "low" stands in the place of each of them
{
  const { natives } = fw;
  const NEARLY = 1e-6;

  const make = () => {
    /** @type {Map<FwMediaRecord, FwBrightEntry>} */
    const entries = new Map();
    /** @type {string | null} */
    let light = null;
    let numbers = 0;

    /** @param {FwMediaRecord} record */
    const entry = (record) => {
      const known = entries.get(record);
      if (known) return known;
      const canvas = /** @type {HTMLCanvasElement} */ (natives.createElement(record.element.ownerDocument, "canvas"));
      /** @type {FwBrightEntry} */
      const fresh = { record, canvas, context: natives.getContext(canvas, "2d", { alpha: false }), number: ++numbers, box: { width: 0, height: 0 }, start: 0, stop: 0, width: 0, height: 0, size: "", address: null, turn: 0, high: null, low: null };
      entries.set(record, fresh);
      return fresh;
    };

    /** @param {FwBrightEntry} of */
    const close = (of) => {
      of.high?.close();
      of.low?.close();
      of.high = of.low = null;
    };

    /** @param {FwBrightEntry} of @param {VideoFrame} high @param {VideoFrame} low */
    const keep = (of, high, low) => {
      close(of);
      Object.assign(of, { high, low, width: high.displayWidth, height: high.displayHeight });
      const { canvas, width, height } = of;
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    };

    /** @param {FwBrightEntry} of @param {number} seconds @returns {Promise<void> | null} */
    const fetch = (of, seconds) => {
      const { record, box } = of;
      const { address, element, facts } = record;
      if (!facts?.video || address === null) return null;
      const at = record.positionAt(seconds) + NEARLY;
      const wanted = box.width < facts.video.width && box.height < facts.video.height ? box : null;
      const size = wanted ? `${wanted.width} ${wanted.height}` : "";
      const same = of.width > 0 && of.address === address && of.size === size;
      const turn = (of.turn += 1); // an answer for another time must not take its place
      if (same && of.start <= at && (of.stop === null || at < of.stop)) return null;
      const take = async () => {
        const answer = await fw.footage.frame(address, at, wanted, { have: same ? of.start : null, light, element });
        const { picture = null, low = null } = answer;
        if (of.turn !== turn || answer.start === undefined) {
          picture?.close();
          low?.close();
          return;
        }
        if (picture && low) keep(of, picture, low);
        Object.assign(of, { start: answer.start, stop: answer.stop, address, size });
      };
      return take();
    };

    const all = () => Array.from(entries.values());
    const there = () => all().filter((of) => of.high !== null);

    /** @param {FwBrightEntry} of @param {FwLayer} layer */
    const paint = ({ context, width, height, high, low }, layer) => {
      if (layer === "high" || layer === "low") {
        natives.drawImage(context, layer === "high" ? high : low, 0, 0, width, height);
        return;
      }
      context.fillStyle = layer;
      context.fillRect(0, 0, width, height);
    };

    return {
      /** @param {string} wanted */
      begin(wanted) {
        light = wanted;
      },
      /** @param {{transfer: string, alpha: boolean}} video */
      takes: ({ transfer, alpha }) => light !== null && transfer !== "sdr" && !alpha,
      /** @param {Element} element @param {{width: number, height: number}} box */
      want(element, box) {
        const record = fw.mediaRecords.of(element);
        if (record) entry(record).box = box;
      },
      /** @param {Element} element */
      leave(element) {
        const record = fw.mediaRecords.of(element);
        const of = record && entries.get(record);
        if (!of) return;
        of.turn += 1;
        close(of);
        entries.delete(of.record);
      },
      /** @param {number} seconds */
      update(seconds) {
        const asked = all().map((of) => fetch(of, seconds)).filter((promise) => promise !== null);
        return asked.length > 0 ? Promise.all(asked) : null;
      },
      /** @param {Element} element */
      of(element) {
        const record = fw.mediaRecords.of(element);
        const of = record && entries.get(record);
        return of?.high ? of : null;
      },
      /** @param {number} seconds */
      next: (seconds) => Math.min(Infinity, ...there().map((of) => fw.mediaTimes.until(of.record, seconds, of.stop))),
      shown: () => there().map(({ number, address, start, size }) => `${number} ${start} ${size} ${address}`).join("\n"),
      /** @param {FwLayer} layer */
      paint(layer) {
        for (const of of there()) paint(of, layer);
      },
    };
  };

  fw.brightPictures = fw.root === fw ? make() : fw.root.brightPictures;
}
