/** A workbench without a page or a server, for tests. */
import { computed, signal } from "@preact/signals";
import { openStorage } from "../../annotator/saving/changeStorage";
import { later } from "../../annotator/saving/later";
import { MemoryStorage } from "../../annotator/saving/memoryStorage.testing";
import { Saver, type SendSave } from "../../annotator/saving/saver";
import { type SavingSession, savingStatus } from "../../annotator/saving/savingSession";
import type { SavingStatus } from "../../annotator/saving/savingStatus";
import type { Image, Project, Role } from "../../api/types";
import type { ProjectState } from "../../app/project";
import { atLeast } from "../../app/session";
import { WorkbenchState } from "./workbenchState";

const PROJECT = {
  id: 1,
  slug: "project-1",
  task: "detection",
  role: "annotator",
  labels: [
    { id: 10, name: "person", color: "#AA53FB", position: 0, annotation_count: 0 },
    { id: 11, name: "kite", color: "#D4651C", position: 1, annotation_count: 0 },
  ],
} as unknown as Project;
export const IMAGE = {
  id: 7,
  name: "shore.jpg",
  width: 400,
  height: 300,
  queue: "unlabelled",
  revision: 3,
} as Image;

/** Of a session whose saves are on their way for ever, unless `send` says otherwise. */
export function workbenchFor(role: Role, send: SendSave = () => new Promise(() => {})): WorkbenchState {
  const project = signal(PROJECT);
  const state = {
    project,
    may: (needed: Role) => atLeast(role, needed),
    role: computed(() => role),
  } as unknown as ProjectState;
  const events = {
    onStatus: (status: SavingStatus) => {
      savingStatus.value = status;
    },
    onState: () => {},
  };
  const saver = new Saver(openStorage(new MemoryStorage(), 1, "tab"), send, later, events);
  const saving: SavingSession = { saver, ready: Promise.resolve(), onState: () => () => {} };
  return new WorkbenchState(state, saving);
}
