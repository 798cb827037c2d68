// fw.movingFiles: what a picture's file says of its frames, without decoding them.
//   type(head)            of a file that moves, by its beginning: "image/gif" …; null: it stands still, or is none that can move
//   lengths(file, type)   seconds of each frame, as written; an AVIF does not say it that simply: none
// GIF89a; APNG in the third edition of PNG; the container of WebP.
{
  const HEAD = 4096;

  /** @param {Uint8Array} file @param {number} from @param {number} to */
  const text = (file, from, to) => String.fromCharCode(...file.subarray(from, to));

  /** @param {Uint8Array} head */
  const type = (head) => {
    const start = text(head, 0, HEAD);
    if (start.startsWith("GIF8")) return "image/gif";
    // The chunk of animation stands before the first one of pixels.
    if (start.startsWith("\x89PNG")) return start.slice(0, start.indexOf("IDAT") + 1).includes("acTL") ? "image/png" : null;
    if (start.startsWith("RIFF") && start.slice(8, 16) === "WEBPVP8X") return head[20] & 2 ? "image/webp" : null;
    return start.slice(4, 12) === "ftypavis" ? "image/avif" : null;
  };

  /** Behind a row of data blocks, each with its size before it, the last one empty. @param {DataView} file @param {number} at */
  const behind = (file, at) => {
    let next = at;
    while (next < file.byteLength && file.getUint8(next) > 0) next += file.getUint8(next) + 1;
    return next + 1;
  };

  /** Bytes of a table of colours. @param {number} flags */
  const table = (flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

  /** @param {DataView} file */
  const gif = (file) => {
    const found = [];
    let delay = 0;
    for (let at = 13 + table(file.getUint8(10)); at + 10 <= file.byteLength; ) {
      const [kind, label] = [file.getUint8(at), file.getUint8(at + 1)];
      if (kind === 0x21) {
        if (label === 0xf9) delay = file.getUint16(at + 4, true) / 100;
        at = behind(file, at + 2);
      } else if (kind === 0x2c) {
        found.push(delay);
        delay = 0;
        at = behind(file, at + 11 + table(file.getUint8(at + 9)));
      } else break;
    }
    return found;
  };

  /** @param {DataView} file */
  const png = (file) => {
    const found = [];
    for (let at = 8; at + 34 <= file.byteLength; at += file.getUint32(at) + 12) {
      if (file.getUint32(at + 4) === 0x6663544c) found.push(file.getUint16(at + 28) / (file.getUint16(at + 30) || 100)); // fcTL
    }
    return found;
  };

  /** @param {DataView} file */
  const webp = (file) => {
    const found = [];
    for (let at = 12, size = 0; at + 24 <= file.byteLength; at += 8 + size + (size & 1)) {
      size = file.getUint32(at + 4, true);
      if (file.getUint32(at) === 0x414e4d46) found.push((file.getUint32(at + 20, true) & 0xffffff) / 1000); // ANMF
    }
    return found;
  };

  /** @type {Record<string, (file: DataView) => number[]>} */
  const READERS = { "image/gif": gif, "image/png": png, "image/webp": webp };

  fw.movingFiles = {
    type,
    /** @param {Uint8Array} file @param {string} kind */
    lengths: (file, kind) => READERS[kind]?.(new DataView(file.buffer, file.byteOffset, file.byteLength)) ?? [],
  };
}
