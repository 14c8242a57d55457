/** A QR code as ISO/IEC 18004 has it, of one kind: bytes, error correction of level M, versions 1 to 9, mask 0. */

/** Of each version from 1 on: codewords of data, codewords that correct a block, blocks. */
const VERSIONS = [
  [16, 10, 1],
  [28, 16, 1],
  [44, 26, 1],
  [64, 18, 2],
  [86, 24, 2],
  [108, 16, 4],
  [124, 18, 4],
  [154, 22, 4],
  [182, 22, 5],
] as const;
/** Mode and length before the text. */
const HEAD_BITS = 12;
/** The 15 bits beside the corners for level M and mask 0. */
const FORMAT = 0b101010000010010;
const VERSION_DIVISOR = 0x1f25;

/** Rows of modules, dark ones true; null for a text that is longer than 180 bytes. */
export function qrCode(text: string): readonly (readonly boolean[])[] | null {
  const bytes = new TextEncoder().encode(text);
  const version = VERSIONS.findIndex(([data]) => data * 8 >= HEAD_BITS + bytes.length * 8) + 1;
  const kind = VERSIONS[version - 1];
  if (!kind) return null;
  const [data, correction, blocks] = kind;
  const bits = interleaved(codewords(bytes, data), correction, blocks).flatMap(bitsOfByte);
  const board = new Board(version);
  board.drawPatterns();
  board.fill(bits);
  return board.rows();
}

const bitsOf = (value: number, count: number): boolean[] =>
  Array.from({ length: count }, (_, i) => ((value >> (count - 1 - i)) & 1) === 1);

const bitsOfByte = (value: number): boolean[] => bitsOf(value, 8);

function codewords(bytes: Uint8Array, count: number): number[] {
  const bits = [...bitsOf(0b0100, 4), ...bitsOf(bytes.length, 8), ...[...bytes].flatMap(bitsOfByte)];
  bits.push(...bitsOf(0, Math.min(4, count * 8 - bits.length)));
  const words: number[] = [];
  for (let at = 0; at < bits.length; at += 8)
    words.push(bits.slice(at, at + 8).reduce((word, bit, i) => word | (bit ? 128 >> i : 0), 0));
  for (let at = 0; words.length < count; at += 1) words.push(at % 2 ? 0x11 : 0xec);
  return words;
}

/** The first word of each block, then the second of each; what corrects them likewise. */
function interleaved(words: readonly number[], correction: number, count: number): number[] {
  const short = Math.floor(words.length / count);
  const blocks: number[][] = [];
  let at = 0;
  for (let block = 0; block < count; block += 1) {
    const length = short + (block >= count - (words.length % count) ? 1 : 0);
    blocks.push(words.slice(at, at + length));
    at += length;
  }
  return [...byColumns(blocks), ...byColumns(blocks.map((block) => remainder(block, correction)))];
}

function byColumns(blocks: readonly number[][]): number[] {
  const longest = Math.max(...blocks.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => blocks.flatMap((block) => block[at] ?? [])).flat();
}

/** Powers of 2 in the field of 256 that 0x11d makes, and their exponents. */
const POWERS: number[] = [];
const EXPONENTS: number[] = [];
for (let power = 1, exponent = 0; exponent < 255; exponent += 1) {
  POWERS.push(power);
  EXPONENTS[power] = exponent;
  power = (power << 1) ^ (power >= 128 ? 0x11d : 0);
}

const product = (a: number, b: number): number =>
  a === 0 || b === 0 ? 0 : POWERS[((EXPONENTS[a] ?? 0) + (EXPONENTS[b] ?? 0)) % 255]!;

/** Reed and Solomon's: what is left of the block, divided by (x - 1)(x - 2)(x - 4)… of this degree. */
function remainder(block: readonly number[], degree: number): number[] {
  let divisor = [1];
  for (let i = 0; i < degree; i += 1)
    divisor = [...divisor, 0].map((term, at) => term ^ product(divisor[at - 1] ?? 0, POWERS[i]!));
  let left: number[] = Array(degree).fill(0);
  for (const word of block) {
    const factor = word ^ left[0]!;
    left = [...left.slice(1), 0].map((term, at) => term ^ product(divisor[at + 1]!, factor));
  }
  return left;
}

class Board {
  private readonly size: number;
  private readonly cells: (boolean | null)[][];

  constructor(private readonly version: number) {
    this.size = 17 + 4 * version;
    this.cells = Array.from({ length: this.size }, () => Array(this.size).fill(null));
  }

  rows(): readonly (readonly boolean[])[] {
    return this.cells.map((row) => row.map((cell) => cell === true));
  }

  /** All that is no data. */
  drawPatterns(): void {
    const last = this.size - 7;
    for (const [row, column] of [
      [0, 0],
      [0, last],
      [last, 0],
    ] as const)
      this.square(row + 3, column + 3, 4, (ring) => ring !== 2 && ring !== 4);
    for (let at = 8; at < this.size - 8; at += 1) {
      this.set(6, at, at % 2 === 0);
      this.set(at, 6, at % 2 === 0);
    }
    this.drawAlignment();
    this.drawFormat();
    if (this.version >= 7) this.drawVersion();
  }

  /** In columns of two, up and down, from the right; mask 0 turns each second module over. */
  fill(bits: readonly boolean[]): void {
    let next = 0;
    let goesUp = true;
    for (let right = this.size - 1; right > 0; right -= 2) {
      if (right === 6) right = 5; // the column of the timing pattern
      for (let step = 0; step < this.size; step += 1) {
        const row = goesUp ? this.size - 1 - step : step;
        for (const column of [right, right - 1]) {
          if (this.cells[row]?.[column] !== null) continue;
          this.set(row, column, (bits[next] ?? false) !== ((row + column) % 2 === 0));
          next += 1;
        }
      }
      goesUp = !goesUp;
    }
  }

  private set(row: number, column: number, isDark: boolean): void {
    const cells = this.cells[row];
    if (cells && column >= 0 && column < this.size) cells[column] = isDark;
  }

  /** Rings around a middle; `isDark` says which, from 0 in the middle on. */
  private square(row: number, column: number, reach: number, isDark: (ring: number) => boolean): void {
    for (let down = -reach; down <= reach; down += 1)
      for (let across = -reach; across <= reach; across += 1)
        this.set(row + down, column + across, isDark(Math.max(Math.abs(down), Math.abs(across))));
  }

  private drawAlignment(): void {
    const last = this.size - 7;
    if (this.version === 1) return;
    const middles = [6, ...(this.version < 7 ? [] : [(6 + last) / 2]), last];
    for (const row of middles)
      for (const column of middles) {
        const isCorner = [row, column].filter((at) => at === 6).length === 2;
        const isFinder = isCorner || (row === 6 && column === last) || (row === last && column === 6);
        if (!isFinder) this.square(row, column, 2, (ring) => ring !== 1);
      }
  }

  private drawFormat(): void {
    const bits = bitsOf(FORMAT, 15).reverse();
    const ends = Array.from({ length: 8 }, (_, at) => this.size - 1 - at);
    const rows = [0, 1, 2, 3, 4, 5, 7, 8, ...ends.slice(0, 7).reverse()];
    const columns = [...ends, 7, 5, 4, 3, 2, 1, 0];
    bits.forEach((bit, at) => {
      this.set(rows[at] ?? 0, 8, bit);
      this.set(8, columns[at] ?? 0, bit);
    });
    this.set(this.size - 8, 8, true);
  }

  private drawVersion(): void {
    let left = this.version << 12;
    for (let bit = 17; bit >= 12; bit -= 1) if ((left >> bit) & 1) left ^= VERSION_DIVISOR << (bit - 12);
    const bits = bitsOf((this.version << 12) | left, 18).reverse();
    bits.forEach((bit, at) => {
      const [along, across] = [Math.floor(at / 3), this.size - 11 + (at % 3)];
      this.set(along, across, bit);
      this.set(across, along, bit);
    });
  }
}
