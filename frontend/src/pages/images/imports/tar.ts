/** A file and where it lies in its folder: "plates/train/1.jpg". */
export interface PlacedFile {
  path: string;
  file: File;
}

const BLOCK = 512;
const NAME_BYTES = 100;
/** What eleven octal digits hold: 8 GB. */
const OCTAL_SIZE = 8 ** 11;
const utf8 = new TextEncoder();

function put(block: Uint8Array, place: number, text: string): void {
  block.set(utf8.encode(text), place);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

/** One header block; `kind` is "0" for a file and "x" for extended records. */
function headerBlock(name: string, size: number, seconds: number, kind: string): Uint8Array {
  const block = new Uint8Array(BLOCK);
  put(block, 0, name);
  put(block, 100, "0000644\0" + "0000000\0" + "0000000\0");
  put(block, 124, `${octal(size < OCTAL_SIZE ? size : 0, 11)}\0`);
  put(block, 136, `${octal(Math.max(0, seconds), 11)}\0`);
  put(block, 148, " ".repeat(8));
  put(block, 156, kind);
  put(block, 257, "ustar\u000000");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(block, 148, `${octal(sum, 6)}\0 `);
  return block;
}

/** "LENGTH KEY=VALUE\n", where LENGTH counts the whole record. */
function record(key: string, value: string): string {
  const rest = utf8.encode(` ${key}=${value}\n`).length;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** What stands before a file: its header, behind extended records (pax) where the header has no room. */
export function tarHead(path: string, size: number, seconds: number): Uint8Array[] {
  const records: string[] = [];
  const isPlain = /^[ -~]*$/.test(path) && path.length <= NAME_BYTES;
  if (!isPlain) records.push(record("path", path));
  if (size >= OCTAL_SIZE) records.push(record("size", String(size)));
  const name = isPlain ? path : "file";
  if (records.length === 0) return [headerBlock(name, size, seconds, "0")];
  const said = utf8.encode(records.join(""));
  return [
    headerBlock("pax", said.length, seconds, "x"),
    said,
    padding(said.length),
    headerBlock(name, size, seconds, "0"),
  ];
}

/** A tar of the files that reads none of them: the browser does as it is sent. The same files give the same bytes. */
export function tarOf(files: readonly PlacedFile[]): Blob {
  const pieces: BlobPart[] = [];
  for (const { path, file } of inOrder(files)) {
    const heads = tarHead(path, file.size, Math.floor(file.lastModified / 1000));
    pieces.push(...(heads as BlobPart[]), file, padding(file.size) as BlobPart);
  }
  return new Blob([...pieces, new Uint8Array(2 * BLOCK)]);
}

function inOrder(files: readonly PlacedFile[]): PlacedFile[] {
  return [...files].sort((one, other) => (one.path < other.path ? -1 : 1));
}
