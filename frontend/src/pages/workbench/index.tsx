import "./workbench.css";
import "./sidePanel.css";
import "./filmstrip.css";
import "./dialogs.css";
import "./phone.css";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { savingSessionOf } from "../../annotator/saving/savingSession";
import { LabelPicker } from "../../app/labelPicker";
import { lazyPart } from "../../app/lazy";
import { useProject } from "../../app/project";
import { navigate, query } from "../../app/router";
import { userId } from "../../app/session";
import { useTitle } from "../../app/title";
import { toast } from "../../ui/toast";
import { BoxesPanel } from "./boxesPanel";
import { Filmstrip } from "./filmstrip";
import { followSteps } from "./firstSteps";
import { WorkbenchHeader } from "./header";
import { Hint } from "./hint";
import { type PageActions, useKeys } from "./keys";
import { LabelsPanel } from "./labelsPanel";
import { imagesAddress } from "./listEnd";
import { followUpdates } from "./liveUpdates";
import { Navigation } from "./navigation";
import { Notices } from "./notices";
import { PhoneBar } from "./phoneBar";
import { advances } from "./preferences";
import { giveBack, markEmpty, skip } from "./queueActions";
import { SavingVoice } from "./savingState";
import { StageArea } from "./stageArea";
import { SelectionVoice, StatusBar } from "./statusBar";
import { SuggestionsPanel } from "./suggestionsPanel";
import { findTrip } from "./takeAlong";
import { Toolbar } from "./toolbar";
import { walkFrom, walkQuery } from "./walks";
import { WorkbenchState } from "./workbenchState";

const AlongDialog = lazyPart(() => import("./alongDialog"));
const Help = lazyPart(() => import("./help"));
const SkipReason = lazyPart(() => import("./skipReason"));
const ViewPanel = lazyPart(() => import("./viewPanel"));

type Overlay = "help" | "find" | "along" | "view" | null;
type HistoryPanel = typeof import("./history/panel").default;

function actionsOf(
  workbench: WorkbenchState,
  navigation: Navigation,
  open: (overlay: Overlay) => void,
  history: () => void,
): PageActions {
  return {
    next: () => {
      if (navigation.isMoving) return;
      workbench.finish();
      void navigation.next();
    },
    leaf: () => void navigation.next(),
    previous: () => void navigation.previous(),
    skip: () => workbench.editable && skip(workbench, navigation),
    giveBack: () => void giveBack(workbench, navigation),
    empty: () => workbench.editable && markEmpty(workbench, navigation),
    help: () => open("help"),
    history,
    view: () => open("view"),
    find: () => open("find"),
    along: () => workbench.editable && open("along"),
    keepMine: () => workbench.decide(true),
    takeTheirs: () => workbench.decide(false),
    back: () => {
      const { list } = walkFrom(query.peek());
      if (list) navigate(imagesAddress(workbench.project.project.peek().slug, list));
    },
    pick: (index) => {
      const label = workbench.project.project.peek().labels[index];
      if (!label || workbench.phase.peek() !== "ready") return;
      workbench.command({ name: "label", label: label.id });
      if (workbench.whole && workbench.editable && advances.peek()) void navigation.next();
    },
    accept: () => {
      if (workbench.phase.peek() !== "ready") return;
      workbench.command({ name: "accept" });
      const isLabelled = workbench.whole && (workbench.suggested.peek().guesses ?? []).length > 0;
      if (isLabelled && workbench.editable && advances.peek()) void navigation.next();
    },
  };
}

/** After a click with the mouse the keys belong to the stage again: Enter means "next", not "the same once more". */
function backToStage(event: MouseEvent): void {
  const clicked = event.detail > 0 && event.target instanceof Element ? event.target : null;
  if (
    !clicked?.closest(
      ".tools, .labels, .box-list, .suggestions, .side-note, .status-bar, .wb-top > span > .btn, .wb-crumbs .menu",
    )
  )
    return;
  document.querySelector<HTMLElement>(".stage")?.focus({ preventScroll: true });
}

/** Few look back: what they need is fetched when they do. */
function useHistory(workbench: WorkbenchState): [HistoryPanel | null, () => void] {
  const [panel, setPanel] = useState<{ readonly History: HistoryPanel } | null>(null);
  const isOpen = useRef(false);
  const toggle = useMemo(
    () => async () => {
      isOpen.current = !isOpen.current && workbench.image.peek() !== null;
      const found = await import("./history/panel").catch(() => null);
      if (!found) toast("History needs the network.");
      isOpen.current &&= found !== null;
      setPanel(isOpen.current && found ? { History: found.default } : null);
    },
    [workbench],
  );
  return [panel?.History ?? null, toggle];
}

export default function Workbench({ image }: { image: number | null }) {
  const project = useProject();
  const me = userId.value ?? 0;
  const workbench = useMemo(() => new WorkbenchState(project, savingSessionOf(me, userId)), [project, me]);
  const navigation = useMemo(() => new Navigation(workbench, () => walkFrom(query.peek())), [workbench]);
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [History, toggleHistory] = useHistory(workbench);
  const page = useMemo(
    () => actionsOf(workbench, navigation, setOverlay, toggleHistory),
    [workbench, navigation],
  );
  const walk = walkFrom(query.value);
  useEffect(() => void findTrip(workbench), [workbench]);
  useEffect(() => followSteps(workbench, me), [workbench, me]);
  useEffect(() => followUpdates(workbench, navigation.route), [workbench, navigation]);
  useEffect(() => () => navigation.leave(), [navigation]);
  useEffect(() => void navigation.open(image), [navigation, image, walkQuery(walk)]);
  useKeys(workbench, page);
  useEffect(() => {
    document.addEventListener("click", backToStage);
    return () => document.removeEventListener("click", backToStage);
  }, []);
  useTitle(workbench.image.value?.name ?? "Label", project.project.value.name);
  const explained = workbench.explained.value;
  const close = (): void => setOverlay(null);
  return (
    <>
      <WorkbenchHeader workbench={workbench} page={page} walk={walk} place={navigation.route.place.value} />
      <main class="wb" id="content">
        <Toolbar workbench={workbench} page={page} />
        <Notices workbench={workbench} walk={walk}>
          <Hint workbench={workbench} user={me} />
        </Notices>
        <StageArea workbench={workbench} walk={walk} again={() => void navigation.again(image)} />
        <StatusBar workbench={workbench} page={page} />
        {overlay === "view" && <ViewPanel close={close} />}
        <Filmstrip route={navigation.route} />
        <aside class="wb-side desk-only" aria-label="Labels and boxes">
          <LabelsPanel workbench={workbench} page={page} />
          {!workbench.whole && <BoxesPanel workbench={workbench} page={page} />}
          <SuggestionsPanel workbench={workbench} />
        </aside>
        <PhoneBar workbench={workbench} page={page} />
        {History && workbench.image.value && (
          <History
            key={workbench.image.value.id}
            workbench={workbench}
            image={workbench.image.value}
            close={toggleHistory}
          />
        )}
      </main>
      <SavingVoice />
      <SelectionVoice workbench={workbench} />
      {explained && <SkipReason key={explained.id} workbench={workbench} image={explained} />}
      {overlay === "help" && <Help close={close} />}
      {overlay === "along" && <AlongDialog workbench={workbench} queue={walk.queue} close={close} />}
      {overlay === "find" && (
        <LabelPicker
          labels={project.project.value.labels}
          recent={workbench.recent.value}
          pick={page.pick}
          close={close}
        />
      )}
    </>
  );
}
