// Runs detector.js for page.js, away from the page's thread. Asked `{id, call, given}`, it says `{id, said}` or `{id, reason}`.

importScripts(...["core", "converter", "backend-wasm"].map((part) => `tfjs/tf-${part}.es2017.min.js`));

const detector = import("./detector.js");
let model;

const calls = {
  async load() {
    model = await (await detector).load();
    return model.contract;
  },
  async find(picture, leastScore) {
    return (await detector).find(model, picture, leastScore);
  },
  async ask(picture) {
    return (await detector).ask(model, picture);
  },
};

onmessage = async ({ data: { id, call, given } }) => {
  try {
    postMessage({ id, said: await calls[call](...given) });
  } catch (error) {
    postMessage({ id, reason: error.message });
  }
};
