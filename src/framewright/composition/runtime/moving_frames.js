// fw.movingFrames: pictures that move by themselves (GIF, APNG, WebP, AVIF), frame by frame. They are decoded by the
// browser's own decoder, so that a frame has the very colours that the browser would show.
//   of(address)    resolves with a reel, or with null for a picture that stands still or that scripts may not read; kept
//     reel.at(seconds)   {index, until}: the frame that it shows so long after its beginning, and until when; Infinity:
//                        it is the last one
//     reel.show(index)   an address of that frame as a picture of its own: at once when it is there, else a promise
//     reel.width         pixels
// Frames are kept within a budget, least lately shown first to go.
{
  const { natives } = fw;
  // What a browser makes of frames that are to last next to nothing: see FrameDurationAtIndex in Blink.
  const SHORTEST = 0.01;
  const INSTEAD = 0.1;
  const HEAD = 122;
  const MOST_BYTES = 96 * 2 ** 20;
  const MOST_FRAMES = 20_000;
  const STILL = /\.(jpe?g|svgz?|bmp|ico)([?#]|$)|^data:image\/(jpe?g|svg|bmp)/i;
  const FAR = /\.(gif|apng|png|webp)([?#]|$)/i;

  /** @typedef {{at(seconds: number): {index: number, until: number}, show(index: number): string | Promise<string>, width: number}} Reel */
  /** @type {Map<string, Promise<Reel | null>>} */
  const reels = new Map();
  /** By the time of their last use. @type {Map<string, {bytes: number, drop(): void}>} */
  const kept = new Map();
  let bytes = 0;

  /** The whole file if it may move. @param {string} address */
  const read = async (address) => {
    const own = /^(data|blob):/i.test(address) || new URL(address).origin === location.origin;
    // To be refused by another server is an error that the author would hear of: only what moves is worth it.
    if (!own && !FAR.test(address)) return null;
    if (!own && !(await fw.footage.describe(address)).facts?.video?.moving) return null;
    const answer = await natives.fetch(address, { mode: own ? "same-origin" : "cors" });
    const reader = answer.body?.getReader();
    /** @type {Uint8Array[]} */
    const parts = [];
    let kind = null;
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      parts.push(part.value);
      kind ??= fw.movingFiles.type(part.value);
      if (!kind) {
        reader?.cancel().catch(() => null);
        return null;
      }
    }
    return kind ? { kind, data: await new natives.Blob(parts).arrayBuffer() } : null;
  };

  /** A bitmap needs no encoder, and holds transparency. @param {number} width @param {number} height */
  const bitmap = (width, height) => {
    const size = 4 * width * height;
    const file = new ArrayBuffer(HEAD + size);
    const head = new DataView(file);
    head.setUint16(0, 0x424d);
    // BITMAPV4HEADER: 32 bits, rows from the top, channels by masks, sRGB.
    const fields = [[2, HEAD + size], [10, HEAD], [14, 108], [18, width], [22, -height], [30, 3], [34, size]];
    const masks = [[54, 0xff], [58, 0xff00], [62, 0xff0000], [66, 0xff000000], [70, 0x73524742]];
    for (const [at, value] of [...fields, ...masks]) head.setInt32(at, value, true);
    head.setUint16(26, 1, true);
    head.setUint16(28, 32, true);
    return { file, pixels: new Uint8Array(file, HEAD) };
  };

  /** @param {string} name @param {number} size @param {() => void} drop */
  const keep = (name, size, drop) => {
    kept.set(name, { bytes: size, drop });
    bytes += size;
    for (const [oldest, held] of kept) {
      if (bytes <= MOST_BYTES || oldest === name) return;
      kept.delete(oldest);
      bytes -= held.bytes;
      held.drop();
    }
  };

  /** @param {string} name */
  const use = (name) => {
    const held = kept.get(name);
    if (!held) return;
    kept.delete(name);
    kept.set(name, held);
  };

  /** @param {any} decoder @param {string} name */
  const frames = (decoder, name) => {
    /** @type {Map<number, {address: string, image: HTMLImageElement}>} */
    const there = new Map();

    /** @param {number} index */
    const make = async (index) => {
      const { image: frame } = await decoder.decode({ frameIndex: index });
      const { displayWidth: width, displayHeight: height } = frame;
      const { file, pixels } = bitmap(width, height);
      await frame.copyTo(pixels, { format: "RGBA" });
      frame.close();
      const address = natives.createObjectURL(new natives.Blob([file], { type: "image/bmp" }));
      const image = new natives.Image();
      image.src = address;
      await image.decode().catch(() => null);
      there.set(index, { address, image }); // a picture that somebody holds is there at once for a style
      keep(`${name} ${index}`, file.byteLength, () => {
        there.delete(index);
        natives.revokeObjectURL(address);
      });
      return address;
    };

    /** @param {number} index */
    return (index) => {
      use(`${name} ${index}`);
      return there.get(index)?.address ?? make(index);
    };
  };

  /** @param {string} address */
  const open = async (address) => {
    if (!natives.ImageDecoder || STILL.test(address)) return null;
    const found = await read(address);
    if (!found) return null;
    const decoder = new natives.ImageDecoder({ data: found.data, type: found.kind });
    await decoder.tracks.ready;
    await decoder.completed;
    const { frameCount, repetitionCount } = decoder.tracks.selectedTrack;
    if (frameCount < 2 || frameCount > MOST_FRAMES) return null;
    const { image: first } = await decoder.decode({ frameIndex: 0 });
    const width = first.displayWidth;
    first.close();
    let end = 0;
    const lengths = fw.movingFiles.lengths(new Uint8Array(found.data), found.kind);
    const ends = Array.from({ length: frameCount }, (_, index) => (end += (lengths[index] ?? 0) <= SHORTEST ? INSTEAD : lengths[index]));
    const length = ends[frameCount - 1];
    return {
      width,
      show: frames(decoder, address),
      /** @param {number} seconds */
      at(seconds) {
        const turn = Math.max(0, Math.floor(seconds / length));
        if (turn > repetitionCount) return { index: frameCount - 1, until: Infinity };
        const within = Math.max(0, seconds - turn * length);
        const index = Math.min(frameCount - 1, ends.findIndex((end) => within < end));
        const last = index === frameCount - 1 && turn === repetitionCount;
        return { index, until: last ? Infinity : turn * length + ends[index] };
      },
    };
  };

  /** @param {string} address */
  const broken = (address) => {
    const shown = address.length > 200 ? `${address.slice(0, 200)}…` : address;
    fw.notices.add("IMAGE_STILL", `The frames of ${shown} cannot be read, so it shows the first: put the file into the project.`, null, shown);
    return null;
  };

  fw.movingFrames = {
    /** @param {string} address */
    of(address) {
      const reel = reels.get(address) ?? open(address).catch(() => broken(address));
      reels.set(address, reel);
      return reel;
    },
  };
}
