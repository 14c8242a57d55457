import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button } from "../../ui/button";
import { counted } from "../../ui/figures";
import { Hash } from "../../ui/hash";
import { Spinner } from "../../ui/progress";
import { ScoreSlider } from "../../ui/scoreSlider";
import { toastError } from "../../ui/toast";
import { Camera } from "./camera";
import { Model, type Ready } from "./model";
import { open, type Shown } from "./pictures";
import type { Backend } from "./protocol";
import { SeenBoxes } from "./seenPicture";

const BACKENDS: Record<Backend, string> = {
  wasm: "on the processor (WebAssembly)",
  webgl: "on the graphics processor (WebGL)",
};

interface TryAreaProps {
  /** The address of the artifact's files. */
  folder: string;
  sha256: string;
  colorOf: (label: string, labels: readonly string[]) => string;
  /** What can be done with a picture. */
  act?: (shown: Shown) => ComponentChildren;
}

/** The model at work in this browser: on pictures that one opens or drops, and on the camera's. */
export default function TryArea({ folder, sha256, colorOf, act }: TryAreaProps) {
  const [backend, setBackend] = useState<Backend>("wasm");
  const model = useMemo(() => new Model(folder, setBackend), [folder]);
  const [ready, setReady] = useState<Ready | null>(null);
  const [problem, setProblem] = useState("");
  const [score, setScore] = useState(0.4);
  const pictures = usePictures(model);
  const color = (label: string) => colorOf(label, ready?.labels ?? []);
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
        <Camera model={model} score={score} colorOf={color} keep={(file) => pictures.add([file])} />
        <ScoreSlider value={score} onValue={setScore} testId="try-score" />
      </div>
      <ul class="try-pictures">
        {pictures.all.map((one) => (
          <TriedPicture key={one.id} one={one} score={score} colorOf={color}>
            {act?.(one)}
          </TriedPicture>
        ))}
      </ul>
      <p class="small faint">
        Drop pictures here. They stay on this device. These are the files of the published zip{" "}
        <Hash sha256={sha256} />, run by TensorFlow.js{" "}
        <span data-testid="try-backend">{BACKENDS[backend]}</span>.
      </p>
    </div>
  );
}

function usePictures(model: Model) {
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
  return { all, add };
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
  colorOf: (label: string) => string;
  children: ComponentChildren;
}

function TriedPicture({ one, score, colorOf, children }: TriedPictureProps) {
  const { width, height, seen, file } = one;
  const found = (seen?.found ?? []).filter((each) => each.score >= score);
  const aspect = Math.min(2.4, Math.max(0.6, width / height)).toFixed(3);
  return (
    <li style={`--a:${aspect}`} data-testid="tried-picture">
      <span class="picture" style={`--w:${width};--h:${height}`}>
        <img src={one.url} alt={`${file.name}: ${counted(found.length, "object")} found`} decoding="async" />
        <SeenBoxes found={found} colorOf={colorOf} width={width} height={height} />
      </span>
      <span class="small row wraps tried-line">
        <span class="cut grow" title={file.name}>
          {file.name}
        </span>
        <span class="faint nowrap" data-testid="tried-figures">
          {seen ? `${found.length} found, ${Math.round(seen.milliseconds)} ms` : "looking"}
        </span>
      </span>
      {children}
    </li>
  );
}
