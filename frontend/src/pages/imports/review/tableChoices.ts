/** What can be chosen of a table's reading, by the keys of the CSV format. */

interface Listed {
  readonly key: string;
  readonly title: string;
  readonly options: { value: string; name: string }[];
}

export const LISTED: readonly Listed[] = [
  {
    key: "delimiter",
    title: "Columns are separated by",
    options: [
      { value: ",", name: "Commas" },
      { value: ";", name: "Semicolons" },
      { value: "tab", name: "Tabs" },
      { value: "|", name: "Bars |" },
    ],
  },
  {
    key: "header",
    title: "The first line names the columns",
    options: [
      { value: "yes", name: "Yes" },
      { value: "no", name: "No" },
    ],
  },
  {
    key: "coordinates",
    title: "A box is given by",
    options: [
      { value: "corners", name: "Two corners" },
      { value: "size", name: "A corner and its size" },
      { value: "centre", name: "Its centre and its size" },
    ],
  },
  {
    key: "unit",
    title: "Its numbers are",
    options: [
      { value: "pixels", name: "Pixels" },
      { value: "shares", name: "Shares of the picture, 0 to 1" },
    ],
  },
];

export const COLUMNS = [
  { key: "image", title: "Image" },
  { key: "label", title: "Label" },
  { key: "box", title: "Box" },
  { key: "split", title: "Split" },
  { key: "group", title: "Group" },
  { key: "score", title: "Score" },
  { key: "width", title: "Width" },
  { key: "height", title: "Height" },
] as const;

/** How the format calls a column that is not there. */
const NONE = "-";

/** Whether what was assumed is that of a table: other formats tell things that can't be chosen. */
export function isTable(readAs: Readonly<Record<string, string>>): boolean {
  return "delimiter" in readAs;
}

/** Every choice with its value now; a column that is not there is empty. */
export function tableOf(
  readAs: Readonly<Record<string, string>>,
  chosen: Readonly<Record<string, string>> = {},
): Record<string, string> {
  if (!isTable(readAs)) return {};
  const columns = COLUMNS.map(({ key }) => [key, chosen[key] ?? readAs[key] ?? ""] as const);
  const listed = LISTED.map(({ key }) => [key, chosen[key] ?? readAs[key] ?? ""] as const);
  return Object.fromEntries(
    [...listed, ...columns].map(([key, value]) => [key, value === NONE ? "" : value]),
  );
}

/** As the server takes it: what differs from what was assumed, and what was chosen before. */
export function chosenOf(
  table: Readonly<Record<string, string>>,
  readAs: Readonly<Record<string, string>>,
  chosen: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const isKept = ([key, value]: [string, string]) => value !== (readAs[key] ?? "") || key in chosen;
  return Object.fromEntries(
    Object.entries(table)
      .filter(isKept)
      .map(([key, value]) => [key, value.trim() || NONE]),
  );
}
