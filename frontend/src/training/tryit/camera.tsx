import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../ui/button";
import { toastError } from "../../ui/toast";
import type { Model, Seen } from "./model";
import { frameOf, look } from "./pictures";
import { SeenBoxes } from "./seenPicture";

interface CameraProps {
  model: Model;
  score: number;
  colorOf: (label: string) => string;
  keep: (frame: File) => void;
}

/** The camera's film with what the model finds in it; browsers give it to localhost and https alone. */
export function Camera({ model, score, colorOf, keep }: CameraProps) {
  const film = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [seen, setSeen] = useState<Seen | null>(null);
  useEffect(() => {
    const element = film.current;
    if (!stream || !element) return;
    let isOn = true;
    const run = async () => {
      element.srcObject = stream;
      await element.play();
      while (isOn) {
        const now = await look(model, element);
        if (isOn) setSeen(now);
        await new Promise(requestAnimationFrame);
      }
    };
    run().catch((error) => isOn && toastError(error));
    return () => {
      isOn = false;
      for (const track of stream.getTracks()) track.stop();
    };
  }, [stream, model]);
  const start = () => {
    const wanted = { video: { facingMode: "environment" } };
    navigator.mediaDevices.getUserMedia(wanted).then(setStream, toastError);
  };
  const stop = () => {
    setStream(null);
    setSeen(null);
  };
  const keepFrame = () => {
    if (!film.current) return;
    frameOf(film.current, `frame-${new Date().toISOString().slice(11, 19).replaceAll(":", "")}.jpg`).then(
      keep,
      toastError,
    );
  };
  if (!stream) {
    return (
      <Button
        onClick={start}
        disabled={!navigator.mediaDevices}
        title={navigator.mediaDevices ? undefined : "Browsers give the camera to https and localhost alone"}
        data-testid="try-camera"
      >
        Start the camera
      </Button>
    );
  }
  const found = (seen?.found ?? []).filter((each) => each.score >= score);
  const width = film.current?.videoWidth || 4;
  const height = film.current?.videoHeight || 3;
  return (
    <div class="try-film" data-testid="try-film">
      <span class="picture" style={`--w:${width};--h:${height}`}>
        <video ref={film} playsInline muted />
        <SeenBoxes found={found} colorOf={colorOf} width={width} height={height} />
      </span>
      <span class="row">
        <Button onClick={keepFrame} disabled={!seen} data-testid="keep-frame">
          Keep this frame
        </Button>
        <Button onClick={stop}>Stop the camera</Button>
        <span class="small faint">{seen ? `${Math.round(seen.milliseconds)} ms` : ""}</span>
      </span>
    </div>
  );
}
