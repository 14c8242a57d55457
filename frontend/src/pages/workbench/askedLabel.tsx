/** Box first: the label of the box that was just drawn, asked for where the pointer let it go. */
import { useEffect, useRef } from "preact/hooks";
import { clamp } from "../../annotator/core/geometry";
import { LabelFinder } from "../../app/labelPicker";
import type { WorkbenchState } from "./workbenchState";

const WIDTH = 240;
const ROW = 28;
/** Of the field, the row that adds a label and what is around them, and of all at most. */
const FIELD = 58 + ROW;
const HEIGHT = 280;
const GAP = 12;

export function AskedLabel({ workbench }: { workbench: WorkbenchState }) {
  const asked = workbench.asked.value;
  return asked && <Finder key={asked.id} workbench={workbench} {...asked} />;
}

function Finder({
  workbench,
  id,
  at,
}: {
  workbench: WorkbenchState;
  id: string;
  at: { x: number; y: number };
}) {
  const finder = useRef<HTMLDivElement>(null);
  const { labels } = workbench.project.project.value;
  const { width, height } = workbench.editor.peek().stage;
  const tall = Math.min(HEIGHT, FIELD + labels.length * ROW);
  useEffect(() => finder.current?.querySelector("input")?.focus(), []);
  const close = (): void => {
    workbench.asked.value = null;
    document.querySelector<HTMLElement>(".stage")?.focus({ preventScroll: true });
  };
  const pick = (index: number): void => {
    const label = workbench.project.project.peek().labels[index]?.id;
    if (label !== undefined) workbench.command({ name: "relabel", id, label });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape in the field closes it; the stage gets none of its events
    <div
      ref={finder}
      class="asked-label"
      style={{
        left: clamp(at.x + GAP, GAP, Math.max(GAP, width - WIDTH - GAP)),
        top: clamp(at.y + GAP, GAP, Math.max(GAP, height - tall - GAP)),
        width: WIDTH,
        maxHeight: tall,
      }}
      onKeyDown={(event) => event.key === "Escape" && close()}
      onWheel={(event) => event.stopPropagation()}
      onPointerMove={(event) => event.stopPropagation()}
    >
      <LabelFinder labels={labels} recent={workbench.recent.value} pick={pick} close={close} />
    </div>
  );
}
