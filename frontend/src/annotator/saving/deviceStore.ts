/** What is too big for localStorage, or comes in files: values by their keys in IndexedDB. */

export interface DeviceStore {
  put(key: string, value: unknown): Promise<void>;
  /** All at once, or none. */
  drop(...keys: string[]): Promise<void>;
  /** All whose keys begin so, by key. */
  entries(prefix: string): Promise<[string, unknown][]>;
}

const NAME = "boxwright";
const ROWS = "values";

/** This browser's; null where it has none. Each call rejects where the browser forbids it or has no room. */
export function deviceStore(): DeviceStore | null {
  return "indexedDB" in globalThis ? DEVICE : null;
}

const DEVICE: DeviceStore = {
  put: async (key, value) => {
    await inRows("readwrite", (rows) => [rows.put(value, key)]);
  },
  drop: async (...keys) => {
    await inRows("readwrite", (rows) => keys.map((key) => rows.delete(key)));
  },
  entries: async (prefix) => {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const [keys = [], values = []] = await inRows("readonly", (rows) => [
      rows.getAllKeys(range),
      rows.getAll(range),
    ]);
    return (keys as string[]).map((key, index) => [key, (values as unknown[])[index]]);
  },
};

let opened: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(ROWS);
    request.onsuccess = () => {
      request.result.onclose = () => {
        opened = null;
      };
      resolve(request.result);
    };
    request.onerror = () => {
      opened = null;
      reject(request.error);
    };
  });
  return opened;
}

/** Answers what `ask` asked for once the transaction is on the disk. */
async function inRows(
  mode: IDBTransactionMode,
  ask: (rows: IDBObjectStore) => readonly { readonly result: unknown }[],
): Promise<unknown[]> {
  const transaction = (await database()).transaction(ROWS, mode, { durability: "strict" });
  const asked = ask(transaction.objectStore(ROWS));
  // Else the page has to live until the rows have answered.
  transaction.commit();
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.map(({ result }) => result));
    transaction.onabort = () => reject(transaction.error);
  });
}
