// Part of `npm run check`: what no longer fits a page is parted. Biome's own rule does not count lines of JSX text.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const COMPONENT = 120;
const HOOK = 80;
const STYLE_SHEET = 500;

/** Lines of each component and hook of a module, by name. */
function functionsOf(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line;
  const found = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const name = node.name?.getText() ?? node.parent.name?.getText() ?? "";
      found.push({ name, lines: lineOf(node.getEnd()) - lineOf(node.getStart()) + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function tooLong(path) {
  const text = readFileSync(path, "utf8");
  if (path.endsWith(".css")) {
    const lines = text.split("\n").length - 1;
    return lines > STYLE_SHEET ? [`${path}: ${lines} lines, at most ${STYLE_SHEET}`] : [];
  }
  return functionsOf(path, text)
    .map((one) => ({ ...one, most: path.endsWith(".tsx") && !/^use[A-Z]/.test(one.name) ? COMPONENT : HOOK }))
    .filter(({ lines, most }) => lines > most)
    .map(({ name, lines, most }) => `${path}: ${name} has ${lines} lines, at most ${most}`);
}

const files = readdirSync("src", { recursive: true })
  .filter((name) => /\.(css|tsx?)$/.test(name) && !/\.test\.tsx?$|schema\.ts$/.test(name))
  .map((name) => join("src", name));
const faults = files.flatMap(tooLong);
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);
