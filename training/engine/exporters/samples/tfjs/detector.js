// What the model beside this file finds in a picture, in a page or a worker. Needs TensorFlow.js as `tf`: see worker.js
// for its files.
//   const model = await load();
//   const found = await find(model, image);   // an <img>, <video>, <canvas> or ImageBitmap

const { tf } = globalThis;
const HERE = new URL(".", import.meta.url).href;

/** The network and its contract: sizes, labels, thresholds. */
export async function load(folder = HERE) {
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // would need headers that few static servers send
  tf.wasm.setWasmPaths(`${HERE}tfjs/`);
  const [contract, files] = await Promise.all([
    read(`${folder}contract.json`),
    tf.io.http(`${folder}model.json`).load(),
  ]);
  const side = contract.image_size;
  const canvas = globalThis.document?.createElement("canvas") ?? new OffscreenCanvas(side, side);
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return on("wasm", { contract, files, pen });
}

/** The model on a backend of TensorFlow.js; of two, one is asked at a time. Fails where the browser doesn't have it. */
export async function on(backend, model) {
  if (!(await tf.setBackend(backend))) throw new Error(`This browser has no ${backend}.`);
  return { ...model, backend, network: await tf.loadGraphModel(tf.io.fromMemory(model.files)) };
}

/** The other one where it is faster on this picture, and its boxes lie within a pixel; else `model`. */
export async function faster(model, other, picture) {
  await ask(other, picture); // the first time it compiles
  const [slow, quick] = [await timed(model, picture), await timed(other, picture)];
  return quick.milliseconds < slow.milliseconds && agree(model.contract, slow, quick) ? other : model;
}

/** Best first: `{label, score}`, and of a detector `box`: x_min, y_min, x_max, y_max as shares of the picture. */
export async function find(model, picture, leastScore = model.contract.shown_score) {
  const { scores, boxes } = await ask(model, picture);
  return boxes ? detections(model.contract, scores, boxes, leastScore) : classes(model.contract, scores);
}

/** The network's own outputs, row by row; `boxes` only of a detector. */
export async function ask(model, picture) {
  const { contract, network, backend } = model;
  const names = contract.task === "detection" ? ["scores", "boxes"] : ["scores"];
  if (tf.getBackend() !== backend) await tf.setBackend(backend);
  const input = tf.tensor(pixels(model, picture), [1, contract.image_size, contract.image_size, 3]);
  const outputs = [network.execute(input, names)].flat();
  const [scores, boxes] = await Promise.all(outputs.map((output) => output.data()));
  tf.dispose([input, ...outputs]);
  return { scores, boxes };
}

export async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} can't be read: ${answer.status}`);
  return answer.json();
}

async function timed(model, picture) {
  const began = performance.now();
  const outputs = await ask(model, picture);
  return { ...outputs, milliseconds: performance.now() - began };
}

/** Scores within 0.01, and a pixel between the boxes that have one. */
function agree({ image_size, labels, score_threshold }, one, other) {
  const near = (a, b, gap) => a.every((value, i) => Math.abs(value - b[i]) <= gap); // false where one is no number
  if (!near(one.scores, other.scores, 0.01)) return false;
  const columns = labels.length + 1;
  const seen = (row) =>
    one.scores.subarray(row * columns + 1, (row + 1) * columns).some((score) => score > score_threshold);
  const side = (outputs, row) => outputs.boxes.subarray(row * 4, row * 4 + 4);
  const rows = one.boxes ? [...Array(one.boxes.length / 4).keys()].filter(seen) : [];
  return rows.every((row) => near(side(one, row), side(other, row), 1 / image_size));
}

/** The picture stretched to the network's square, as (pixel - mean) / std. */
function pixels({ contract, pen }, picture) {
  const side = contract.image_size;
  pen.imageSmoothingQuality = "high"; // several pixels make one, as in training
  pen.drawImage(picture, 0, 0, side, side);
  const { data } = pen.getImageData(0, 0, side, side);
  const values = new Float32Array(side * side * 3);
  const [red, green, blue] = contract.mean;
  const [ofRed, ofGreen, ofBlue] = contract.std;
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    values[to] = (data[from] - red) / ofRed;
    values[to + 1] = (data[from + 1] - green) / ofGreen;
    values[to + 2] = (data[from + 2] - blue) / ofBlue;
  }
  return values;
}

function classes({ labels }, scores) {
  return labels.map((label, i) => ({ label, score: scores[i] })).sort((a, b) => b.score - a.score);
}

/** Of overlapping boxes of a label the best one. */
function detections(contract, scores, boxes, leastScore) {
  const columns = contract.labels.length + 1; // the first one is the background
  const least = Math.max(leastScore, contract.score_threshold);
  const found = contract.labels.flatMap((label, i) => {
    const candidates = [];
    for (let row = 0; row * columns < scores.length; row++) {
      const score = scores[row * columns + i + 1];
      if (score > least) candidates.push({ label, score, box: boxes.slice(row * 4, row * 4 + 4) });
    }
    return suppressed(best(candidates, contract.most_candidates), contract.nms_threshold);
  });
  return best(found, contract.most_detections).map((one) => ({ ...one, box: [...one.box] }));
}

const best = (found, most) => found.sort((a, b) => b.score - a.score).slice(0, most);

function suppressed(candidates, mostOverlap) {
  const kept = [];
  for (const one of candidates) {
    if (kept.every((better) => overlap(one.box, better.box) <= mostOverlap)) kept.push(one);
  }
  return kept;
}

/** Intersection over union. */
function overlap(a, b) {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / Math.max(area(a) + area(b) - shared, 1e-12);
}

const area = (box) => (box[2] - box[0]) * (box[3] - box[1]);
