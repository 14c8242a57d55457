import { describe, expect, it } from "vitest";
import { linear } from "./scale";
import {
  allX,
  clearestPoints,
  domainOfX,
  domainOfY,
  isClearAbove,
  keptApart,
  lastPoint,
  linePath,
  nearest,
  type Series,
  valueBefore,
} from "./series";

import { csvOf, readout, tableOfSeries } from "./table";

const run8: Series = {
  name: "run 8",
  look: "main",
  points: [
    { x: 1, y: 0.3 },
    { x: 2, y: null },
    { x: 3, y: 0.5 },
  ],
};
const run7: Series = {
  name: "run 7",
  look: "ghost",
  points: [
    { x: 1, y: 0.1 },
    { x: 4, y: 0.6 },
  ],
};

describe("a line", () => {
  it("has a gap where a value is missing", () => {
    const same = linear([0, 1], [0, 1]);
    expect(linePath(run8.points, same, same)).toBe("M1 0.3M3 0.5");
  });

  it("knows its last point", () => {
    expect(lastPoint(run8.points)?.x).toBe(3);
  });
});

describe("the room of a chart", () => {
  it("covers all series and the epochs still to come", () => {
    expect(domainOfX([run8, run7], [1, 8])).toEqual([1, 8]);
    expect(domainOfX([run8, run7], [1, 2])).toEqual([1, 4]);
  });

  it("starts at zero and never passes a score's ceiling", () => {
    expect(domainOfY([run8, run7])).toEqual([0, 0.6]);
    expect(domainOfY([{ ...run8, points: [{ x: 1, y: 0.97 }] }], 1)).toEqual([0, 1]);
    expect(domainOfY([], 1)).toEqual([0, 1]);
  });
});

describe("names at the ends of lines", () => {
  it("move apart, keep their order and stay in the room", () => {
    expect(keptApart([50, 52, 10], 12, [0, 100])).toEqual([50, 62, 10]);
    expect(keptApart([95, 98], 12, [0, 100])).toEqual([88, 100]);
  });
});

describe("the crosshair", () => {
  it("finds the nearest epoch of any series", () => {
    expect(allX([run8, run7])).toEqual([1, 2, 3, 4]);
    expect(nearest([1, 2, 3, 4], 2.6)).toBe(3);
    expect(nearest([], 1)).toBeNull();
  });

  it("reads out what there is", () => {
    expect(readout("epoch", 1, [run8, run7], 3)).toBe("epoch 1: run 8 0.300, run 7 0.100");
    expect(readout("epoch", 2, [run8, run7], 3)).toBe("epoch 2: no value");
  });
});

describe("a plot's table", () => {
  it("has a row for each x and a column for each series", () => {
    expect(tableOfSeries("epoch", [run8, run7])).toEqual({
      columns: ["epoch", "run 8", "run 7"],
      rows: [
        [1, 0.3, 0.1],
        [2, null, null],
        [3, 0.5, null],
        [4, null, 0.6],
      ],
    });
  });

  it("as CSV quotes what needs it and runs no formula", () => {
    const csv = csvOf({
      columns: ["label", "boxes"],
      rows: [
        ['big, "red"', 2],
        ["=cmd", null],
        ["cat", -3],
      ],
    });
    expect(csv).toBe('label,boxes\r\n"big, ""red""",2\r\n\'=cmd,\r\ncat,-3\r\n');
  });
});

describe("a name inside the plot", () => {
  const flat = (name: string, ...values: number[]): Series => ({
    name,
    look: "main",
    points: values.map((y, x) => ({ x, y })),
  });
  const two = [flat("recall", 0.9, 0.5, 0.1), flat("precision", 0.4, 0.5, 0.95)];

  it("stands where its line is furthest from the others", () => {
    expect(clearestPoints(two).map((point) => point?.x)).toEqual([2, 2]);
    expect(clearestPoints([flat("alone", 1, 2), { name: "none", look: "main", points: [] }])[1]).toBeNull();
  });

  it("goes to the side with more space", () => {
    expect([isClearAbove(two, 0, 0), isClearAbove(two, 1, 0), isClearAbove(two, 1, 2)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe("a line at a place between its points", () => {
  const points = [
    { x: 10, y: 0.1 },
    { x: 20, y: null },
    { x: 30, y: 0.3 },
  ];

  it("has its last value, and none before or after it", () => {
    expect([5, 10, 25, 30, 31].map((x) => valueBefore(points, x))).toEqual([null, 0.1, 0.1, 0.3, null]);
  });
});
