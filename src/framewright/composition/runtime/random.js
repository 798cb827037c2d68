// Chance that comes out the same every time: Math.random, crypto.getRandomValues, crypto.randomUUID follow from
// config.seed and from the time, and start anew whenever the clock has moved, so that a frame does not depend on the
// frames before it. Not for secrets.
// The generator is sfc32 (Chris Doty-Humphrey's PractRand), seeded through a mixer of the splitmix family.
{
  const { natives, time } = fw;
  const seed = fw.config.seed ?? 1;

  /** @param {number} start */
  const mixer = (start) => () => {
    start = (start + 0x9e3779b9) | 0;
    let mixed = start ^ (start >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };

  /** Whole numbers of 32 bits. @param {number} number which of the streams of this seed */
  const stream = (number) => {
    let [a, b, c, counter, seededAt] = [0, 0, 0, 0, -1];
    const next = () => {
      const sum = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = ((c << 21) | (c >>> 11)) + sum;
      return sum >>> 0;
    };
    const sow = () => {
      seededAt = time.moves;
      const micros = Math.round(time.now * 1000);
      const own = mixer(seed ^ Math.imul(number, 0x85ebca6b))();
      const mixed = mixer(own ^ (micros | 0) ^ Math.imul(Math.floor(micros / 2 ** 32), 0xc2b2ae35));
      [a, b, c, counter] = [mixed() | 0, mixed() | 0, mixed() | 0, 1];
      for (let round = 0; round < 12; round += 1) next();
    };
    return () => {
      if (seededAt !== time.moves) sow();
      return next();
    };
  };

  const numbers = stream(1);
  const bytes = stream(2);

  Math.random = () => ((numbers() >>> 5) * 2 ** 26 + (numbers() >>> 6)) / 2 ** 53;

  Crypto.prototype.getRandomValues = function (/** @type {any} */ array) {
    natives.getRandomValues(this, array); // refuses what is no array of whole numbers, or too long
    if (!array) return array;
    const view = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let index = 0; index < view.length; index += 1) view[index] = bytes();
    return array;
  };

  const crypto = /** @type {any} */ (Crypto.prototype);
  // Only there in secure contexts.
  if (crypto.randomUUID) {
    crypto.randomUUID = () => {
      const random = Uint8Array.from({ length: 16 }, bytes);
      random[6] = (random[6] & 0x0f) | 0x40;
      random[8] = (random[8] & 0x3f) | 0x80;
      const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    };
  }
}
