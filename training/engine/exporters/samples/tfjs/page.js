const element = (id) => document.getElementById(id);
const canvas = element("picture");
const film = element("film");
const COLORS = ["#ffb000", "#00c2ff", "#ff5ea0", "#7ddc5a", "#c792ff", "#ff7043"];
const MOST_PIXELS = 1280; // of a side of the canvas

const worker = new Worker("worker.js");
const waiting = new Map(); // each question's {resolve, reject} by its number
let questions = 0;
let contract; // of the model: its labels and sizes
let verdict; // of the check: what it reports
let looks = 0;
let shown = null; // the picture that was opened last
let filming = null;

worker.onmessage = ({ data: { id, said, reason } }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (reason === undefined) resolve(said);
  else reject(new Error(reason));
};
worker.onerror = (event) => report(event.message || "The model's worker did not start.", true);

/** What the worker says; it is given a copy of the picture. */
async function ask(call, picture, ...more) {
  const given = picture ? [await createImageBitmap(picture), ...more] : more;
  const id = questions++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, call, given }, picture ? [given[0]] : []);
  });
}

/** Draws what is found, unless another look began meanwhile. */
async function look(picture) {
  const turn = ++looks;
  const began = performance.now();
  const found = await ask("find", picture, Number(element("least").value));
  if (turn !== looks) return;
  report(...verdict);
  element("took").textContent = `${Math.round(performance.now() - began)} ms`;
  draw(picture, found);
  list(found);
}

function draw(picture, found) {
  const { width, height } = picture;
  const scale = Math.min(1, MOST_PIXELS / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const size = Math.max(12, canvas.width / 40);
  pen.font = `${size}px system-ui, sans-serif`;
  pen.lineWidth = size / 5;
  for (const { label, score, box } of found) {
    if (!box) continue;
    const [left, top, right, bottom] = box.map((side, i) => side * (i % 2 ? canvas.height : canvas.width));
    pen.strokeStyle = pen.fillStyle = COLORS[contract.labels.indexOf(label) % COLORS.length];
    pen.strokeRect(left, top, right - left, bottom - top);
    const text = `${label} ${score.toFixed(2)}`;
    const y = Math.max(top, size * 1.3);
    pen.fillRect(left, y - size * 1.3, pen.measureText(text).width + size / 2, size * 1.3);
    pen.fillStyle = "#000";
    pen.fillText(text, left + size / 4, y - size * 0.35);
  }
}

function list(found) {
  const lines = found.slice(0, 10).map(({ label, score }) => {
    const line = document.createElement("li");
    line.textContent = `${label}: ${score.toFixed(3)}`;
    return line;
  });
  element("found").replaceChildren(...lines);
  element("nothing").hidden = found.length > 0;
}

async function open(source) {
  const picture = await createImageBitmap(source); // upright, whatever its EXIF says
  if (filming) stopCamera();
  shown = picture; // the one before is left to the collector: a look at it may not have ended
  await look(picture);
}

async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} can't be read: ${answer.status}`);
  return answer;
}

/** Whether this browser finds in sample.png what the export found, and whether the network says the same. */
async function check() {
  const expected = await (await read("expected.json")).json();
  const picture = await createImageBitmap(await (await read(expected.picture)).blob());
  const [found, outputs] = [await ask("find", picture, 0), await ask("ask", picture)];
  const missing = [
    ...expected.found.filter((wanted) => !found.some((one) => agrees(inPixels(one, picture), wanted, expected))),
    ...expected.raw.filter((wanted) => !agrees(rawOf(outputs, wanted), wanted, expected)),
  ];
  picture.close();
  const count = expected.found.length + expected.raw.length;
  const isBad = missing.length > 0;
  const text = isBad
    ? `This browser misses ${missing.length} of the ${count} answers that the sample picture should give.`
    : `This browser gives the ${count} answers to the sample picture that it should.`;
  verdict = [text, isBad];
  report(...verdict);
}

const inPixels = (one, { width, height }) => ({
  ...one,
  box: one.box?.map((side, i) => side * (i % 2 ? height : width)),
});

function rawOf({ scores, boxes }, { row, column }) {
  const { labels, image_size } = contract;
  const box = [...boxes.slice(row * 4, row * 4 + 4)].map((side) => side * image_size);
  return { score: scores[row * (labels.length + 1) + column], box };
}

const agrees = (one, wanted, { tolerance }) =>
  one.label === wanted.label &&
  Math.abs(one.score - wanted.score) <= tolerance.score &&
  (wanted.box ?? []).every((side, i) => Math.abs(one.box[i] - side) <= tolerance.box_px);

function report(text, isBad = false) {
  element("check").textContent = text;
  element("check").classList.toggle("bad", isBad);
}

async function startCamera() {
  film.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  await film.play();
  element("camera").textContent = "Stop the camera";
  filming = film.srcObject;
  while (filming) {
    const frame = await createImageBitmap(film);
    await look(frame);
    frame.close();
    await new Promise(requestAnimationFrame);
  }
}

function stopCamera() {
  for (const track of filming.getTracks()) track.stop();
  filming = null;
  element("camera").textContent = "Start the camera";
}

const failed = (error) => report(error.message, true);

element("camera").addEventListener("click", () => (filming ? stopCamera() : startCamera().catch(failed)));
element("file").addEventListener("change", ({ target }) => {
  if (target.files[0]) open(target.files[0]).catch(failed);
});
element("least").addEventListener("input", ({ target }) => {
  element("shown").textContent = Number(target.value).toFixed(2);
  if (!filming && shown) look(shown).catch(failed);
});

try {
  contract = await ask("load");
  const { task, shown_score } = contract;
  element("least").value = shown_score;
  element("shown").textContent = shown_score.toFixed(2);
  element("threshold").hidden = task !== "detection";
  await check();
  await open(await (await read("sample.png")).blob());
  element("file").disabled = false;
  element("camera").disabled = !navigator.mediaDevices;
} catch (error) {
  failed(error);
}
