import { describe, expect, it } from "vitest";
import { type BoxAnnotation, newAnnotation } from "./annotation";
import { type Effect, type Gesture, IDLE, inHand, type PointerInput, type World } from "./gesture";
import { stepGesture } from "./gestureMachine";

const SMALL = newAnnotation("small", 1, { x_min: 120, y_min: 120, x_max: 160, y_max: 160 }) as BoxAnnotation;
const LARGE = newAnnotation("large", 1, { x_min: 100, y_min: 100, x_max: 300, y_max: 300 }) as BoxAnnotation;

const WORLD: World = {
  image: { width: 400, height: 400 },
  stage: { width: 400, height: 400 },
  view: { scale: 1, x: 0, y: 0 },
  boxes: [LARGE, SMALL],
  selected: null,
  picked: true,
  several: false,
  tool: "draw",
  panHeld: false,
  editable: true,
};

type Event = [PointerInput["type"], number, number, Partial<PointerInput>?];

function play(
  events: Event[],
  world: World = WORLD,
  start: Gesture = IDLE,
): { gesture: Gesture; effects: Effect[] } {
  const effects: Effect[] = [];
  let gesture = start;
  let now = world;
  for (const [type, x, y, more] of events) {
    const input: PointerInput = {
      type,
      pointer: 1,
      kind: "mouse",
      at: { x, y },
      button: 0,
      force: false,
      turn: false,
      adds: false,
      ...more,
    };
    const [next, ...asked] = stepGesture(gesture, input, now);
    gesture = next;
    for (const effect of asked) if (effect.do === "view") now = { ...now, view: effect.view };
    effects.push(...asked);
  }
  return { gesture, effects };
}

describe("drawing", () => {
  it("drags a new box", () => {
    const { effects, gesture } = play([
      ["down", 10, 10],
      ["move", 40, 30],
      ["move", 60, 50],
      ["up", 60, 50],
    ]);
    expect(effects.at(-1)).toEqual({ do: "create", box: { x_min: 10, y_min: 10, x_max: 60, y_max: 50 } });
    expect(gesture.kind).toBe("idle");
  });

  it("draws over other boxes", () => {
    const { effects } = play([
      ["down", 130, 130],
      ["move", 180, 180],
      ["up", 180, 180],
    ]);
    expect(effects.at(-1)?.do).toBe("create");
  });

  it("tells a press from a drag", () => {
    expect(
      play([
        ["down", 10, 10],
        ["move", 11, 11],
      ]).gesture.kind,
    ).toBe("pressed");
    expect(
      play([
        ["down", 10, 10],
        ["move", 14, 10],
      ]).gesture.kind,
    ).toBe("drawing");
    const finger = { kind: "touch" as const };
    expect(
      play([
        ["down", 10, 10, finger],
        ["move", 15, 12, finger],
      ]).gesture.kind,
    ).toBe("pressed");
  });

  it("arms nothing with a click", () => {
    const { effects, gesture } = play([
      ["down", 50, 50],
      ["up", 50, 50],
    ]);
    expect([effects, gesture.kind]).toEqual([[], "idle"]);
  });

  it("makes nothing of a slip of the hand", () => {
    const { effects } = play([
      ["down", 10, 10],
      ["move", 40, 10],
      ["move", 11, 11],
      ["up", 11, 11],
    ]);
    expect(effects.some(({ do: it }) => it === "create")).toBe(false);
  });

  it("stays inside the image", () => {
    const { effects } = play([
      ["down", 350, 350],
      ["move", 900, 900],
      ["up", 900, 900],
    ]);
    expect(effects.at(-1)).toMatchObject({ box: { x_max: 400, y_max: 400 } });
  });

  it("draws nothing for a viewer", () => {
    const { effects } = play(
      [
        ["down", 10, 10],
        ["move", 60, 50],
        ["up", 60, 50],
      ],
      { ...WORLD, editable: false },
    );
    expect(effects.every(({ do: it }) => it === "view")).toBe(true);
  });
});

describe("drawing by clicks", () => {
  const click = (x: number, y: number, more?: Partial<PointerInput>): Event[] => [
    ["move", x, y, more],
    ["down", x, y, more],
    ["up", x, y, more],
  ];
  const corners: World = { ...WORLD, tool: "corners" };
  const extreme: World = { ...WORLD, tool: "extreme" };

  it("takes two corners, over other boxes too", () => {
    const { effects } = play([...click(130, 130), ...click(70, 180)], corners);
    expect(effects).toEqual([{ do: "create", box: { x_min: 70, y_min: 130, x_max: 130, y_max: 180 } }]);
  });

  it("takes the top, bottom, left and right of an object, in any order", () => {
    const points = [click(50, 10), click(20, 40), click(90, 45), click(55, 80)].flat();
    const { effects } = play(points, extreme);
    expect(effects).toEqual([{ do: "create", box: { x_min: 20, y_min: 10, x_max: 90, y_max: 80 } }]);
  });

  it("sets a point where a hand that slipped lets go", () => {
    const { effects } = play([...click(10, 10), ["down", 60, 60], ["move", 70, 80], ["up", 70, 80]], corners);
    expect(effects).toEqual([{ do: "create", box: { x_min: 10, y_min: 10, x_max: 70, y_max: 80 } }]);
  });

  it("shows the box while the next point's button is down", () => {
    const { gesture } = play([...click(10, 10), ["down", 70, 80]], corners);
    expect(inHand(gesture)?.box).toEqual({ x_min: 10, y_min: 10, x_max: 70, y_max: 80 });
  });

  it("selects with Alt, and lets go with the other button", () => {
    expect(play(click(140, 140, { turn: true }), extreme).effects).toEqual([{ do: "select", id: "small" }]);
    expect(play([...click(10, 10), ["down", 30, 30, { button: 2 }]], extreme).gesture.kind).toBe("idle");
  });
});

describe("a drag from inside a box", () => {
  const drag = (more?: Partial<PointerInput>): Event[] => [
    ["down", 200, 200, more],
    ["move", 230, 240, more],
    ["up", 230, 240, more],
  ];
  const did = (world: World, more?: Partial<PointerInput>): string | undefined =>
    play(drag(more), world).effects.at(-1)?.do;

  it("draws in what is not selected or was just drawn, and moves what was picked", () => {
    expect(did(WORLD)).toBe("create");
    expect(did({ ...WORLD, selected: LARGE, picked: false })).toBe("create");
    expect(did({ ...WORLD, selected: LARGE })).toBe("reshape");
  });

  it("is turned round by Alt", () => {
    const alt = { turn: true };
    expect(did(WORLD, alt)).toBe("reshape");
    expect(did({ ...WORLD, selected: LARGE, picked: false }, alt)).toBe("reshape");
    expect(did({ ...WORLD, selected: LARGE }, alt)).toBe("create");
  });
});

describe("selecting", () => {
  it("picks the smallest box under a click, then the next", () => {
    const click: Event[] = [
      ["down", 140, 140],
      ["up", 140, 140],
    ];
    expect(play(click).effects).toEqual([{ do: "select", id: "small" }]);
    expect(play(click, { ...WORLD, selected: SMALL }).effects).toEqual([{ do: "select", id: "large" }]);
  });

  it("lets go beside all boxes", () => {
    const { effects, gesture } = play(
      [
        ["down", 20, 20],
        ["up", 20, 20],
      ],
      { ...WORLD, selected: SMALL },
    );
    expect(effects).toEqual([{ do: "select", id: null }]);
    expect(gesture.kind).toBe("idle");
  });
});

describe("moving and resizing", () => {
  const selected = { ...WORLD, selected: LARGE };

  it("moves the selected box", () => {
    const { effects } = play(
      [
        ["down", 200, 200],
        ["move", 210, 230],
        ["up", 210, 230],
      ],
      selected,
    );
    expect(effects.at(-1)).toEqual({
      do: "reshape",
      id: "large",
      box: { x_min: 110, y_min: 130, x_max: 310, y_max: 330 },
    });
  });

  it("moves any box with the select tool", () => {
    const { effects } = play(
      [
        ["down", 140, 140],
        ["move", 150, 140],
        ["up", 150, 140],
      ],
      { ...WORLD, tool: "select" },
    );
    expect(effects).toContainEqual({ do: "select", id: "small" });
    expect(effects.at(-1)).toMatchObject({ do: "reshape", id: "small" });
  });

  it("draws inside the selected box with Shift", () => {
    const shift = { force: true };
    const { effects } = play(
      [
        ["down", 200, 200, shift],
        ["move", 250, 250, shift],
        ["up", 250, 250, shift],
      ],
      selected,
    );
    expect(effects.at(-1)?.do).toBe("create");
  });

  it("resizes by a corner and by a side", () => {
    const corner = play(
      [
        ["down", 301, 299],
        ["move", 321, 319],
        ["up", 321, 319],
      ],
      selected,
    );
    expect(corner.effects.at(-1)).toMatchObject({ box: { x_min: 100, x_max: 320, y_max: 320 } });
    const side = play(
      [
        ["down", 200, 100],
        ["move", 200, 80],
        ["up", 200, 80],
      ],
      selected,
    );
    expect(side.effects.at(-1)).toMatchObject({ box: { y_min: 80, x_min: 100, x_max: 300 } });
  });

  it("flips through the opposite edge while dragging", () => {
    const { gesture } = play(
      [
        ["down", 300, 300],
        ["move", 60, 350],
      ],
      selected,
    );
    expect(gesture).toMatchObject({ kind: "resizing", grip: "se", handle: "sw" });
  });

  it("asks for nothing when it ends where it began", () => {
    const { effects } = play(
      [
        ["down", 200, 200],
        ["move", 260, 200],
        ["move", 200, 200],
        ["up", 200, 200],
      ],
      selected,
    );
    expect(effects.some(({ do: it }) => it === "reshape")).toBe(false);
  });

  it("gives fingers a wider corner", () => {
    const far = [
      ["down", 316, 312],
      ["move", 340, 340],
    ] as Event[];
    expect(play(far, selected).gesture.kind).toBe("drawing");
    const finger = { kind: "touch" as const };
    const wide = far.map(([type, x, y]) => [type, x, y, finger]) as Event[];
    expect(play(wide, selected).gesture.kind).toBe("resizing");
  });

  it("drops everything when the system takes the pointer away", () => {
    const { gesture, effects } = play(
      [
        ["down", 200, 200],
        ["move", 260, 200],
        ["cancel", 0, 0],
      ],
      selected,
    );
    expect(gesture).toEqual(IDLE);
    expect(effects.some(({ do: it }) => it === "reshape")).toBe(false);
  });
});

describe("looking around", () => {
  const view = { scale: 4, x: -400, y: -400 };

  it("pans with space, the middle button or the hand", () => {
    for (const [world, more] of [
      [{ panHeld: true }, {}],
      [{}, { button: 1 }],
      [{ tool: "pan" as const }, {}],
    ] as const) {
      const { effects } = play(
        [
          ["down", 10, 10, more],
          ["move", 30, 50, more],
        ],
        { ...WORLD, ...world, view },
      );
      expect(effects).toEqual([{ do: "view", view: { scale: 4, x: -380, y: -360 } }]);
    }
  });

  it("pinches with two fingers and drops what the first one drew", () => {
    const one = { kind: "touch" as const, pointer: 1 };
    const two = { kind: "touch" as const, pointer: 2 };
    const { gesture, effects } = play(
      [
        ["down", 100, 200, one],
        ["move", 140, 200, one],
        ["down", 260, 200, two],
        ["move", 380, 200, two],
      ],
      WORLD,
    );
    expect(gesture.kind).toBe("pinching");
    const last = effects.at(-1);
    expect(last?.do === "view" && last.view.scale).toBeCloseTo(2);
    const rest = play(
      [
        ["up", 380, 200, two],
        ["move", 150, 210, one],
        ["up", 150, 210, one],
      ],
      WORLD,
      gesture,
    );
    expect(rest.effects.every(({ do: it }) => it === "view")).toBe(true);
    expect(rest.gesture).toEqual(IDLE);
  });

  it("knows what lies under a resting mouse, but not under an absent finger", () => {
    expect(play([["move", 140, 140]]).gesture).toMatchObject({ kind: "idle", hover: { on: "box" } });
    expect(
      play([
        ["move", 140, 140],
        ["leave", 0, 0],
      ]).gesture,
    ).toEqual(IDLE);
    const finger = { kind: "touch" as const };
    expect(
      play([
        ["down", 20, 20, finger],
        ["move", 90, 90, finger],
        ["up", 90, 90, finger],
      ]).gesture,
    ).toEqual(IDLE);
  });
});
