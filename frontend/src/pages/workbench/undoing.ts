/** Undo over Next and back, and over a reload. Loaded once the first picture is drawn. */
import type { LabelId } from "../../annotator/core/annotation";
import type { Document, History } from "../../annotator/core/document";
import { recalled, upToDate } from "../../annotator/core/recalling";
import type { UndoPlace } from "../../annotator/saving/undoPlace";
import { type UndoStore, undoStoreAt } from "../../annotator/saving/undoStore";
import type { ProjectState } from "../../app/project";

export class Undoing {
  private constructor(
    private readonly store: UndoStore,
    private readonly project: ProjectState["project"],
  ) {}

  static async at(place: UndoPlace, { project }: ProjectState): Promise<Undoing> {
    return new Undoing(await undoStoreAt(place), project);
  }

  /** Takes over what was done, by image, before this was here; the open one's document with what was done before that. */
  begun(open: number | undefined, document: Document, done: Map<number, History>): Document {
    const isNew = document.past.length + document.future.length > 0;
    for (const [image, history] of done) if (image !== open || !isNew) this.keep(image, history);
    done.clear();
    if (open === undefined) return document;
    const whole = this.recalled(open, document);
    if (isNew) this.keep(open, whole);
    return whole;
  }

  /** With what was done to the image before. */
  recalled(image: number, document: Document): Document {
    const history = this.store.find(this.project.peek().id, image);
    return history ? recalled(document, history, this.labels) : document;
  }

  upToDate(document: Document): Document {
    return upToDate(document, this.labels);
  }

  keep(image: number, history: History): void {
    this.store.keep(this.project.peek().id, image, history);
  }

  private get labels(): ReadonlySet<LabelId> {
    return new Set(this.project.peek().labels.map(({ id }) => id));
  }
}
