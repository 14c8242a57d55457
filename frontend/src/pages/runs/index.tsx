import { RunsPage } from "./list/runsPage";
import { RunPage } from "./runPage";
import "../../training/training.css";
import "./runs.css";
import "./result/result.css";

export default function Runs({ number }: { number: number | null }) {
  return number === null ? <RunsPage /> : <RunPage number={number} key={number} />;
}
