import "./workbench.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { savingSessionOf } from "../../annotator/saving/savingSession";
import { useProject } from "../../app/project";
import { query } from "../../app/router";
import { user } from "../../app/session";
import { useTitle } from "../../app/title";
import { Bench } from "./bench";
import { BoxesPanel } from "./boxesPanel";
import { Film } from "./film";
import { Finder } from "./finder";
import { Foot, SelectionVoice } from "./foot";
import { WorkbenchHeader } from "./header";
import { Help } from "./help";
import { type PageActions, useKeys } from "./keys";
import { LabelsPanel } from "./labelsPanel";
import { live } from "./living";
import { Notices } from "./notices";
import { PhoneBar } from "./phoneBar";
import { advances } from "./preferences";
import { queueOf } from "./queues";
import { SavingVoice } from "./savingState";
import { Scene } from "./scene";
import { Tools } from "./tools";
import { Walk } from "./walking";

type Overlay = "help" | "find" | null;

function actionsOf(bench: Bench, walk: Walk, open: (overlay: Overlay) => void): PageActions {
  return {
    next: () => void walk.next(),
    previous: () => void walk.previous(),
    skip: () => bench.editable && void walk.skip(),
    empty: () => bench.editable && void walk.markEmpty(),
    help: () => open("help"),
    find: () => open("find"),
    pick: (index) => {
      const label = bench.project.project.peek().labels[index];
      if (!label || bench.phase.peek() !== "ready") return;
      bench.command({ name: "label", label: label.id });
      if (bench.whole && bench.editable && advances.peek()) void walk.next();
    },
  };
}

/** After a click with the mouse the keys belong to the stage again: Enter means "next", not "the same once more". */
function backToStage(event: MouseEvent): void {
  const clicked = event.detail > 0 && event.target instanceof Element ? event.target : null;
  if (!clicked?.closest(".tools, .labels, .box-list, .side-note, .wb-foot, .wb-top > span > .btn")) return;
  document.querySelector<HTMLElement>(".stage")?.focus({ preventScroll: true });
}

export default function Workbench({ image }: { image: number | null }) {
  const project = useProject();
  const me = user.value?.id ?? 0;
  const bench = useMemo(() => new Bench(project, savingSessionOf(me)), [project, me]);
  const walk = useMemo(() => new Walk(bench, () => queueOf(query.peek().get("queue"))), [bench]);
  const [overlay, setOverlay] = useState<Overlay>(null);
  const page = useMemo(() => actionsOf(bench, walk, setOverlay), [bench, walk]);
  const queue = queueOf(query.value.get("queue"));
  useEffect(() => live(bench, walk), [bench, walk]);
  useEffect(() => () => walk.leave(), [walk]);
  useEffect(() => void walk.open(image), [walk, image, queue]);
  useKeys(bench, page);
  useEffect(() => {
    document.addEventListener("click", backToStage);
    return () => document.removeEventListener("click", backToStage);
  }, []);
  useTitle(bench.image.value?.name ?? "Label", project.project.value.name);
  const close = (): void => setOverlay(null);
  return (
    <>
      <WorkbenchHeader bench={bench} page={page} queue={queue} />
      <main class="wb" id="content">
        <Tools bench={bench} page={page} />
        <Notices bench={bench} />
        <Scene bench={bench} queue={queue} again={() => void walk.again(image)} />
        <Foot bench={bench} />
        <Film walk={walk} />
        <aside class="wb-side desk-only" aria-label="Labels and boxes">
          <LabelsPanel bench={bench} page={page} />
          {!bench.whole && <BoxesPanel bench={bench} page={page} />}
        </aside>
        <PhoneBar bench={bench} page={page} />
      </main>
      <SavingVoice />
      <SelectionVoice bench={bench} />
      {overlay === "help" && <Help close={close} />}
      {overlay === "find" && <Finder labels={project.project.value.labels} pick={page.pick} close={close} />}
    </>
  );
}
