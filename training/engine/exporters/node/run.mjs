// Runs a TF.js graph model on raw float32 pictures: node run.mjs MODEL_FOLDER INPUT_FILE OUTPUT_FOLDER [BACKEND]
// INPUT_FILE holds any number of pictures of the model's input shape; each output goes to OUTPUT_FOLDER/<name>.f32,
// one picture after the other. The last line of stdout is JSON:
// {"runtime", "outputs": {name: shape of one picture}, "milliseconds": [of each picture]}.
import { openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const [modelFolder, inputFile, outputFolder, backend = 'wasm'] = process.argv.slice(2);

function* picturesOf(file, size) {
  const opened = openSync(file);
  for (let values = new Float32Array(size); readSync(opened, values); values = new Float32Array(size)) yield values;
}

async function loadModel(folder) {
  const model = JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8'));
  const files = model.weightsManifest.flatMap((group) => group.paths);
  const weights = Buffer.concat(files.map((file) => readFileSync(path.join(folder, file))));
  return loadGraphModel({
    load: async () => ({
      ...model,
      weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
      weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
    }),
  });
}

async function answers(model, picture, names) {
  const results = model.execute(picture, names);
  const tensors = Array.isArray(results) ? results : [results];
  const read = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose(tensors);
  return read.map((values, i) => ({ values, shape: tensors[i].shape }));
}

const wasmFolder = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
setWasmPaths(wasmFolder + path.sep);
await tf.setBackend(backend);
const model = await loadModel(modelFolder);
const shape = model.inputs[0].shape;
const size = shape.reduce((product, side) => product * side, 1);
const names = Object.keys(model.modelSignature.outputs);
const collected = names.map(() => []);
const shapes = {};
const milliseconds = [];
for (const values of picturesOf(inputFile, size)) {
  const picture = tf.tensor(values, shape);
  const before = performance.now();
  const read = await answers(model, picture, names);
  milliseconds.push(performance.now() - before);
  read.forEach(({ values, shape: given }, i) => {
    collected[i].push(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    shapes[names[i]] = given;
  });
  picture.dispose();
}
names.forEach((name, i) => writeFileSync(path.join(outputFolder, `${name}.f32`), Buffer.concat(collected[i])));
const runtime = `tfjs ${tf.version_core} ${tf.getBackend()}, Node ${process.versions.node}`;
console.log(JSON.stringify({ runtime, outputs: shapes, milliseconds }));
process.exit(0);
