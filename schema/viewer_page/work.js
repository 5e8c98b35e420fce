// A worker that does the work which the platform asks for after many failures: it finds a nonce for which
// SHA-256("challenge:nonce") begins with so many zero bits. crypto.subtle costs a promise for each attempt, which is
// many times the hash itself; hence SHA-256 (FIPS 180-4) here, and what never changes of the text is hashed once.

const BLOCK = 64;
const MOST = 2 ** 32;
const ROUND = new Uint32Array(64);
const START = new Uint32Array(8);
const schedule = new Uint32Array(64);
fillConstants();

/** The first 32 bits of the fractional parts of the roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
function fillConstants() {
  const primes = [];
  for (let candidate = 2; primes.length < 64; candidate += 1) {
    if (primes.every((prime) => candidate % prime)) primes.push(candidate);
  }
  primes.forEach((prime, index) => {
    ROUND[index] = fraction(Math.cbrt(prime));
    if (index < 8) START[index] = fraction(Math.sqrt(prime));
  });
}

function fraction(root) {
  return ((root % 1) * 2 ** 32) >>> 0;
}

function rotated(word, by) {
  return (word >>> by) | (word << (32 - by));
}

/** Work the block of `view` at `offset` into `state`. The hot path: plain variables, no arrays made. */
function compress(state, view, offset) {
  for (let t = 0; t < 16; t += 1) schedule[t] = view.getUint32(offset + 4 * t);
  for (let t = 16; t < 64; t += 1) {
    const w15 = schedule[t - 15];
    const w2 = schedule[t - 2];
    const low = rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 >>> 3);
    const high = rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 >>> 10);
    schedule[t] = schedule[t - 16] + low + schedule[t - 7] + high;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let t = 0; t < 64; t += 1) {
    const sigma = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + sigma + ((e & f) ^ (~e & g)) + ROUND[t] + schedule[t]) | 0;
    const second = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + first) | 0;
    d = c; c = b; b = a; a = (first + second) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

/** Hash `rest`, the end of a text of `length` bytes whose blocks before it made `state`; the result stands in `state`. */
function finish(state, rest, length) {
  const padded = new Uint8Array(rest.length + 9 > BLOCK ? 2 * BLOCK : BLOCK);
  padded.set(rest);
  padded[rest.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(padded.length - 4, length * 8);
  for (let offset = 0; offset < padded.length; offset += BLOCK) compress(state, view, offset);
  return state;
}

/** The state after the whole blocks of `bytes`, and the bytes that are left. */
function begun(bytes) {
  const state = START.slice();
  const whole = bytes.length - (bytes.length % BLOCK);
  const view = new DataView(bytes.buffer, bytes.byteOffset, whole);
  for (let offset = 0; offset < whole; offset += BLOCK) compress(state, view, offset);
  return { state, left: bytes.subarray(whole) };
}

/** SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes) {
  const { state, left } = begun(bytes);
  return [...finish(state, left, bytes.length)].map((word) => word.toString(16).padStart(8, "0")).join("");
}

function zeroBits(state) {
  let bits = 0;
  for (const word of state) {
    bits += Math.clz32(word);
    if (word) break;
  }
  return bits;
}

/** The smallest nonce, as decimal digits, that does the work; `onTried` hears now and then how many were tried. */
export function solve(challenge, bits, onTried = () => {}) {
  const encoder = new TextEncoder();
  const fixed = encoder.encode(`${challenge}:`);
  const { state, left } = begun(fixed);
  const attempt = new Uint32Array(8);
  const rest = new Uint8Array(left.length + 10);
  rest.set(left);
  for (let nonce = 0; nonce < MOST; nonce += 1) {
    const { written } = encoder.encodeInto(String(nonce), rest.subarray(left.length));
    attempt.set(state);
    finish(attempt, rest.subarray(0, left.length + written), fixed.length + written);
    if (zeroBits(attempt) >= bits) return String(nonce);
    if (nonce % 65536 === 65535) onTried(nonce + 1);
  }
  throw new RangeError("no nonce does this work");
}

if (typeof document === "undefined" && typeof self !== "undefined") {
  self.onmessage = ({ data: { challenge, bits } }) => {
    const nonce = solve(challenge, bits, (tried) => self.postMessage({ tried }));
    self.postMessage({ nonce });
  };
}
