/** The diff over the picture, in place of the boxes of now: each kind of mark has a line and a sign of its own. */
import { useMemo } from "preact/hooks";
import type { Box } from "../../../annotator/core/geometry";
import type { View } from "../../../annotator/core/viewport";
import type { ImageHistory } from "./historyState";
import type { Diff, Mark } from "./marks";

/** With more of them than this, names would hide the picture. */
const MOST_TAGS = 120;
const TAG_HEIGHT = 22;

export function DiffLayer({ history }: { history: ImageHistory }) {
  const { view } = history.workbench.editor.value;
  const diff = history.diff.value;
  // An image may have thousands of boxes: whoever zooms moves them all as one.
  const shapes = useMemo(() => diff && <Shapes diff={diff} />, [diff]);
  if (!diff) return null;
  return (
    <div class="diff-layer" data-testid="diff">
      <svg aria-hidden="true">
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>{shapes}</g>
      </svg>
      {diff.marks.length <= MOST_TAGS &&
        diff.marks.map((mark, at) => <Tag key={at} mark={mark} view={view} />)}
    </div>
  );
}

function Shapes({ diff: { rest, marks } }: { diff: Diff }) {
  return (
    <>
      <Line d={rest.map(outlineOf).join("")} kind="rest" />
      {marks.map((mark, at) => (
        <Shape key={at} mark={mark} />
      ))}
    </>
  );
}

function Shape({ mark: { kind, box, was } }: { mark: Mark }) {
  return (
    <g data-kind={kind}>
      {was && <Line d={outlineOf(was)} kind={`${kind} was`} />}
      {was && <Line d={`M${middle(was)}L${middle(box)}`} kind={`${kind} way`} />}
      {kind === "removed" && <Line d={crossOf(box)} kind={`${kind} way`} />}
      <Line d={outlineOf(box)} kind={kind} />
    </g>
  );
}

/** Colour over a dark halo, as the boxes of now. */
function Line({ d, kind }: { d: string; kind: string }) {
  return (
    <>
      <path class="halo" d={d} />
      <path class={kind} d={d} />
    </>
  );
}

function outlineOf({ x_min, y_min, x_max, y_max }: Box): string {
  return `M${x_min} ${y_min}H${x_max}V${y_max}H${x_min}Z`;
}

function middle({ x_min, y_min, x_max, y_max }: Box): string {
  return `${(x_min + x_max) / 2} ${(y_min + y_max) / 2}`;
}

/** Struck out. */
function crossOf({ x_min, y_min, x_max, y_max }: Box): string {
  return `M${x_min} ${y_min}L${x_max} ${y_max}M${x_min} ${y_max}L${x_max} ${y_min}`;
}

/** Above its box, inside where there is no room above. */
function Tag({ mark: { kind, box, text, detail }, view }: { mark: Mark; view: View }) {
  const [x, y] = [box.x_min * view.scale + view.x, box.y_min * view.scale + view.y];
  const top = y < TAG_HEIGHT ? y + 3 : y - TAG_HEIGHT;
  return (
    <span class={`diff-tag ${kind}`} style={{ transform: `translate(${x - 1}px, ${top}px)` }}>
      <b>{text}</b> {detail}
    </span>
  );
}
