// What the model beside this file finds in a picture. Needs TensorFlow.js as `tf`: see index.html for its files.
//   const model = await load();
//   const found = await find(model, image);   // an <img>, <video>, <canvas> or ImageBitmap

const { tf } = globalThis;
const HERE = new URL(".", import.meta.url).href;

/** The network and its contract: sizes, labels, thresholds. */
export async function load(folder = HERE) {
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // would need headers that few static servers send
  tf.wasm.setWasmPaths(`${HERE}tfjs/`);
  await tf.setBackend("wasm");
  const [contract, network] = await Promise.all([
    read(`${folder}contract.json`),
    tf.loadGraphModel(`${folder}model.json`),
  ]);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = contract.image_size;
  return { contract, network, pen: canvas.getContext("2d", { willReadFrequently: true }) };
}

/** Best first: `{label, score}`, and of a detector `box`: x_min, y_min, x_max, y_max as shares of the picture. */
export async function find(model, picture, leastScore = model.contract.shown_score) {
  const { scores, boxes } = await ask(model, picture);
  return boxes ? detections(model.contract, scores, boxes, leastScore) : classes(model.contract, scores);
}

/** The network's own outputs, row by row; `boxes` only of a detector. */
export async function ask(model, picture) {
  const { contract, network } = model;
  const names = contract.task === "detection" ? ["scores", "boxes"] : ["scores"];
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

/** The picture stretched to the network's square, as (pixel - mean) / std. */
function pixels({ contract, pen }, picture) {
  const side = contract.image_size;
  pen.imageSmoothingQuality = "high"; // several pixels make one, as in training
  pen.drawImage(picture, 0, 0, side, side);
  const { data } = pen.getImageData(0, 0, side, side);
  const values = new Float32Array(side * side * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    for (let c = 0; c < 3; c++) values[to++] = (data[from + c] - contract.mean[c]) / contract.std[c];
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
