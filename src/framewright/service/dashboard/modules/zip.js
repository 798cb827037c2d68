// A ZIP archive of files as they are, not packed: pictures and films are packed already, and the way to the service is short.
// Layout: APPNOTE.TXT of PKWARE, 4.3; names are UTF-8 (bit 11); no ZIP64.
//   zip(files)      files: [{path, blob}]; a Blob whose parts stay where they are until they are sent
//   crc32(bytes, before)

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8 = 0x0800;
const MOST_FILES = 0xffff;
const MOST_BYTES = 0xffffffff;
// 1 January 1980: the same files give the same archive.
const DATE = 0x0021;

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** @param {Uint8Array} bytes @param {number} [before] */
export const crc32 = (bytes, before = 0) => {
  let value = ~before >>> 0;
  for (let index = 0; index < bytes.length; index += 1) value = ((TABLE[(value ^ /** @type {number} */ (bytes[index])) & 0xff] ?? 0) ^ (value >>> 8)) >>> 0;
  return ~value >>> 0;
};

/** A large film is never in memory as a whole. @param {Blob} blob */
const sum = async (blob) => {
  let value = 0;
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value: bytes } = await reader.read();
    if (done) return value;
    value = crc32(bytes, value);
  }
};

/** Numbers of two or four bytes. @param {[2 | 4, number][]} fields */
const record = (fields) => {
  const view = new DataView(new ArrayBuffer(fields.reduce((size, [bytes]) => size + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return view.buffer;
};

/** @param {{ path: string, blob: Blob }[]} files @returns {Promise<Blob>} */
export const zip = async (files) => {
  const bytes = files.reduce((size, { blob }) => size + blob.size, 0);
  if (files.length >= MOST_FILES || bytes >= MOST_BYTES - MOST_FILES * 2048) throw new Error("The project is too large to be sent from a browser: pack it into an archive, and send that with the client.");
  /** @type {BlobPart[]} */
  const parts = [];
  /** @type {BlobPart[]} */
  const directory = [];
  let at = 0;
  let listed = 0;
  for (const { path, blob } of files) {
    const name = new TextEncoder().encode(path);
    /** @type {[2 | 4, number][]} */
    const shared = [[2, VERSION], [2, UTF8], [2, 0], [2, 0], [2, DATE], [4, await sum(blob)], [4, blob.size], [4, blob.size], [2, name.length], [2, 0]];
    const local = record([[4, LOCAL], ...shared]);
    parts.push(local, name, blob);
    const entry = record([[4, CENTRAL], [2, VERSION], ...shared, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]);
    directory.push(entry, name);
    at += local.byteLength + name.length + blob.size;
    listed += entry.byteLength + name.length;
  }
  const end = record([[4, END], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, listed], [4, at], [2, 0]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
};
