import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Artifact } from "../../../api/types";
import { useProject } from "../../../app/project";
import { Button } from "../../../ui/button";
import { counted } from "../../../ui/figures";
import { Hash } from "../../../ui/hash";
import { Spinner } from "../../../ui/progress";
import { ScoreSlider } from "../../../ui/scoreSlider";
import { toastError } from "../../../ui/toast";
import { Camera } from "./camera";
import { Model, type Ready } from "./model";
import { open, type Shown, sendToQueue } from "./pictures";
import { SeenBoxes } from "./seenPicture";

/** The model at work in this browser: on pictures that one opens or drops, and on the camera's. */
export default function TryArea({ artifact }: { artifact: Artifact }) {
  const model = useMemo(() => new Model(artifact.id), [artifact.id]);
  const [ready, setReady] = useState<Ready | null>(null);
  const [problem, setProblem] = useState("");
  const [score, setScore] = useState(0.4);
  const pictures = usePictures(model, artifact);
  useEffect(() => {
    model.ready.then(
      (found) => {
        setReady(found);
        setScore(found.shownScore);
      },
      (error: Error) => setProblem(error.message),
    );
    return () => model.close();
  }, [model]);
  if (problem) return <p class="body bad">This browser can't run the model: {problem}</p>;
  if (!ready)
    return (
      <p class="body row">
        <Spinner /> Loading the model
      </p>
    );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button beside it opens files without dropping
    <div
      class="body try-area"
      data-testid="try-area"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        pictures.add([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <div class="row wraps">
        <OpenPictures add={pictures.add} />
        <Camera model={model} score={score} keep={(file) => pictures.add([file])} />
        <ScoreSlider value={score} onValue={setScore} testId="try-score" />
      </div>
      <ul class="try-pictures">
        {pictures.all.map((one) => (
          <TriedPicture key={one.id} one={one} score={score} send={pictures.send} />
        ))}
      </ul>
      <p class="small faint">
        Drop pictures here. They stay on this device. These are the files of the published zip{" "}
        <Hash sha256={artifact.sha256} />, run by TensorFlow.js.
      </p>
    </div>
  );
}

function usePictures(model: Model, artifact: Artifact) {
  const { project } = useProject();
  const [all, setAll] = useState<readonly Shown[]>([]);
  const count = useRef(0);
  const urls = useRef<string[]>([]);
  useEffect(() => () => urls.current.forEach(URL.revokeObjectURL), []);
  const change = (id: number, news: Partial<Shown>) =>
    setAll((known) => known.map((one) => (one.id === id ? { ...one, ...news } : one)));
  const addOne = async (file: File) => {
    count.current += 1;
    const { shown, bitmap } = await open(count.current, file).catch(() => {
      throw new Error(`${file.name} is no picture that this browser can show.`);
    });
    urls.current.push(shown.url);
    setAll((known) => [shown, ...known]);
    change(shown.id, { seen: await model.find(bitmap) });
  };
  const add = (files: readonly File[]) => {
    for (const file of files) addOne(file).catch(toastError);
  };
  const send = (shown: Shown) =>
    sendToQueue(project.value.id, artifact, shown).then(
      ({ image }) => change(shown.id, { image }),
      toastError,
    );
  return { all, add, send };
}

function OpenPictures({ add }: { add: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        accept="image/*"
        class="vh"
        tabIndex={-1}
        aria-label="Pictures to look at"
        data-testid="try-files"
        onChange={(event) => {
          add([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <Button icon="image" onClick={() => input.current?.click()}>
        Open pictures
      </Button>
    </>
  );
}

interface TriedPictureProps {
  one: Shown;
  score: number;
  send: (one: Shown) => Promise<void>;
}

function TriedPicture({ one, score, send }: TriedPictureProps) {
  const { width, height, seen, file } = one;
  const found = (seen?.found ?? []).filter((each) => each.score >= score);
  const aspect = Math.min(2.4, Math.max(0.6, width / height)).toFixed(3);
  return (
    <li style={`--a:${aspect}`} data-testid="tried-picture">
      <span class="picture" style={`--w:${width};--h:${height}`}>
        <img src={one.url} alt={`${file.name}: ${counted(found.length, "object")} found`} />
        <SeenBoxes found={found} width={width} height={height} />
      </span>
      <span class="small row wraps tried-line">
        <span class="cut grow" title={file.name}>
          {file.name}
        </span>
        <span class="faint nowrap" data-testid="tried-figures">
          {seen ? `${found.length} found, ${Math.round(seen.milliseconds)} ms` : "looking"}
        </span>
      </span>
      <QueueButton one={one} send={send} />
    </li>
  );
}

/** Where the model failed, the picture is worth labelling. */
function QueueButton({ one, send }: { one: Shown; send: (one: Shown) => Promise<void> }) {
  const { project, may } = useProject();
  const [isBusy, setBusy] = useState(false);
  if (one.image !== null) {
    return (
      <a class="link small" href={`/p/${project.value.slug}/label/${one.image}`}>
        In the queue: label it
      </a>
    );
  }
  if (!may("annotator") || project.value.task !== "detection") return null;
  const start = () => {
    setBusy(true);
    void send(one).finally(() => setBusy(false));
  };
  return (
    <Button
      size="sm"
      icon="send"
      busy={isBusy}
      disabled={!one.seen}
      onClick={start}
      data-testid="send-to-queue"
    >
      Send to queue
    </Button>
  );
}
