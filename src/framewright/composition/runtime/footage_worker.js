// fw.footageWork: the text of the worker behind fw.footage, taken before the page can replace what would tell it.
// It asks Python over a WebSocket, and takes the frames out of a file that Python writes into; see footage/line.py.
// Where there is no such file (no secure context, a page apart) the frames come over the WebSocket too.
{
  /** @param {MessageEvent} first {line}: the address to ask at */
  const work = ({ data: { line } }) => {
    const PLANES = { matrix: "bt709", primaries: "bt709", transfer: "bt709", fullRange: true };
    const PIXELS = { matrix: "rgb", primaries: "bt709", transfer: "iec61966-2-1", fullRange: true };
    const PIECE = 1 << 20;
    const MOST_UNSENT = 8 << 20;
    const socket = new WebSocket(line);
    socket.binaryType = "arraybuffer";
    /** @type {any} */
    let ring = null;
    /** @type {string | null} */
    let bucket = null;
    let scratch = new Uint8Array(0);
    let read = 0;
    /** The answer whose bytes come next. @type {any} */
    let before = null;
    const open = new Promise((done) => {
      socket.onopen = done;
    });
    /** What comes is done in its order, and so is what goes. */
    let coming = Promise.resolve();
    let going = open;

    const say = (/** @type {unknown} */ told) => socket.send(JSON.stringify(told));

    const make = async (/** @type {{bytes: number, token: string}} */ { bytes, token }) => {
      try {
        // The one before stays open until it is forgotten: closing it never ends once its bucket is deleted.
        ring = null;
        const buckets = /** @type {any} */ (navigator).storageBuckets;
        const folder = await (await buckets.open(token)).getDirectory();
        bucket = token;
        const file = await folder.getFileHandle("frames", { create: true });
        ring = await file.createSyncAccessHandle();
        ring.truncate(bytes);
        ring.write(new TextEncoder().encode(token), { at: 0 });
        say({ made: null });
      } catch (error) {
        say({ made: String(error) });
      }
    };

    /** Python has the file, or has given it up: it needs no name any more. */
    const hide = async () => {
      const name = bucket;
      bucket = null;
      if (name !== null) await /** @type {any} */ (navigator).storageBuckets.delete(name).catch(() => null);
    };

    const pixels = (/** @type {any} */ told, /** @type {ArrayBuffer | null} */ behind) => {
      if (behind) return new Uint8Array(behind, told.at, told.length);
      // One buffer for all: a fresh one for each frame costs more than the copy that VideoFrame makes of it.
      if (scratch.length < told.length) scratch = new Uint8Array(told.length);
      const bytes = scratch.subarray(0, told.length);
      ring.read(bytes, { at: told.at });
      return bytes;
    };

    const picture = (/** @type {any} */ told, /** @type {string} */ format, /** @type {Uint8Array} */ bytes) =>
      new VideoFrame(bytes, /** @type {any} */ ({
        format,
        codedWidth: told.width,
        codedHeight: told.height,
        timestamp: Math.round(told.start * 1e6),
        colorSpace: format === "I420" ? PLANES : PIXELS,
      }));

    /** One, or of a frame in PQ or HLG two, see fw.brightPictures. */
    const pictures = (/** @type {any} */ told, /** @type {ArrayBuffer | null} */ behind) => {
      const bytes = pixels(told, behind);
      if (told.layout !== "PQ" && told.layout !== "HLG") return [picture(told, told.layout, bytes)];
      const half = bytes.length / 2;
      return [bytes.subarray(0, half), bytes.subarray(half)].map((part) => picture(told, "RGBX", part));
    };

    const pass = (/** @type {any} */ told, /** @type {ArrayBuffer | null} */ behind) => {
      /** @type {Transferable[]} */
      const made = [];
      for (const answer of told.answers) {
        answer.picture = answer.low = null;
        if (!answer.layout) continue;
        try {
          [answer.picture, answer.low = null] = pictures(answer, behind);
          made.push(...[answer.picture, answer.low].filter((one) => one !== null));
        } catch (error) {
          answer.failed = { code: "FRAME_LOST", message: `A frame did not reach the page: ${error}.` };
        }
      }
      if (told.number) read = told.number;
      if (told.tell) say({ read });
      /** @type {any} */ (self).postMessage(told.answers, made);
    };

    const take = async (/** @type {any} */ data) => {
      if (typeof data !== "string") {
        const told = before;
        before = null;
        pass(told, data);
        return;
      }
      const told = JSON.parse(data);
      if (told.make) await make(told.make);
      else if (told.mapped) await hide();
      else if (told.behind) before = told;
      else pass(told, null);
    };

    socket.onmessage = ({ data }) => {
      // What cannot be taken is answered with nothing: Python and the page have limits of their own.
      coming = coming.then(() => take(data)).catch(() => undefined);
    };
    socket.onclose = () => postMessage(null);

    const upload = async (/** @type {string} */ address, /** @type {Blob | null} */ held) => {
      const blob = held ?? (await (await fetch(address)).blob());
      say({ upload: address });
      for (let at = 0; at < blob.size; at += PIECE) {
        socket.send(await blob.slice(at, at + PIECE).arrayBuffer());
        while (socket.bufferedAmount > MOST_UNSENT) await new Promise((done) => setTimeout(done, 5));
      }
      say({ uploaded: address });
    };

    const ask = async (/** @type {any} */ data) => {
      if (data.frames) say({ frames: data.frames, read });
      for (const { id, address, held } of data.describe ?? []) {
        // Python says what is wrong with one that cannot be read.
        if (address.startsWith("blob:")) await upload(address, held).catch(() => null);
        say({ describe: [{ id, address }] });
      }
    };

    onmessage = ({ data }) => {
      if (data.frames) going.then(() => ask(data));
      else going = going.then(() => ask(data)).catch(() => null);
    };
  };

  fw.footageWork = `onmessage = ${work}`;
}
