/** "Take 20 with me", and once they are with one: how many, until when, and giving them back. */
import { useEffect, useState } from "preact/hooks";
import { imagesAlong, personOf } from "../../annotator/saving/alongImages";
import { sentence } from "../../api/errors";
import type { Queue } from "../../api/types";
import { navigate } from "../../app/router";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { bytes, counted } from "../../ui/figures";
import { Bar } from "../../ui/progress";
import { toast } from "../../ui/toast";
import { QUEUE_NAMES } from "./queues";
import { clock, giveTripBack, HOURS, MOST, takeAlong, trip } from "./takeAlong";
import { ALONG } from "./walks";
import type { WorkbenchState } from "./workbenchState";

interface AlongDialogProps {
  readonly workbench: WorkbenchState;
  readonly queue: Queue;
  readonly close: () => void;
}

interface Progress {
  readonly done: number;
  readonly of: number;
}

export default function AlongDialog({ workbench, queue, close }: AlongDialogProps) {
  const [fault, setFault] = useState("");
  const [progress, setProgress] = useState<Progress | null>(null);
  const { slug } = workbench.project.project.value;
  const found = trip.value;
  const from = found?.queue ?? queue;
  const run = (work: Promise<void>): void => {
    setFault("");
    setProgress({ done: 0, of: 0 });
    work.then(close, (error) => setFault(sentence(error))).then(() => setProgress(null));
  };
  const take = async (): Promise<void> => {
    const kept = await takeAlong(workbench, from, (done, of) => setProgress({ done, of }));
    if (kept.images === 0) throw new Error(`No image of ${QUEUE_NAMES[from].name} is free.`);
    const size = `${counted(kept.images, "image")} with you, ${bytes(kept.bytes)}`;
    const note = kept.starts ? "" : " Without https this page does not start offline: leave it open.";
    toast(`${size}. All keys work without a network.${note}`);
    navigate(`/p/${slug}/label${ALONG}`);
  };
  const back = async (): Promise<void> => {
    await giveTripBack(workbench);
    navigate(`/p/${slug}/label`);
  };
  return (
    <Dialog
      title={found ? "Images with you" : `Take ${MOST} with me`}
      close={close}
      footer={
        <>
          {found && (
            <Button busy={progress !== null} onClick={() => run(back())} data-testid="give-back">
              Give them back
            </Button>
          )}
          <span class="grow" />
          <Button look="quiet" onClick={close}>
            Close
          </Button>
          <Button
            look="primary"
            busy={progress !== null}
            onClick={() => run(take())}
            data-testid="take-along"
          >
            {found ? `Fill up to ${MOST}` : `Take ${MOST} with me`}
          </Button>
        </>
      }
    >
      <div class="body">
        {found ? (
          <OnDevice until={found.until} user={personOf(found)} project={found.project.id} />
        ) : (
          <Offer queue={queue} />
        )}
        {progress && progress.of > 0 && (
          <Bar value={progress.done} max={progress.of} label="Images on this device" />
        )}
        {fault && (
          <p class="bad" role="alert">
            {fault}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function Offer({ queue }: { queue: Queue }) {
  return (
    <p>
      The next {MOST} images of {QUEUE_NAMES[queue].name} are yours for {HOURS} hours: nobody else gets them.
      Their pictures lie on this device, so every key works without a network. What you do is sent once there
      is one.
    </p>
  );
}

function OnDevice({ until, user, project }: { until: string; user: number; project: number }) {
  const [kept, setKept] = useState({ images: 0, bytes: 0 });
  useEffect(() => {
    void imagesAlong(user, project).then((rows) =>
      setKept({ images: rows.length, bytes: rows.reduce((sum, { picture }) => sum + picture.size, 0) }),
    );
  }, [user, project]);
  return (
    <p>
      {counted(kept.images, "image")} and {kept.images === 1 ? "its picture" : "their pictures"} (
      {bytes(kept.bytes)}) are on this device, yours until {clock(until)}. Given back, they are anybody’s;
      what you did stays.
    </p>
  );
}
