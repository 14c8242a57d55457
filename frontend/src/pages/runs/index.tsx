import { RunsPage } from "./list/runsPage";
import { RunPage } from "./runPage";
import { SweepPage } from "./sweeps/sweepPage";
import "../../training/picture.css";
import "../../training/training.css";
import "../../training/tryit/tryit.css";
import "./runs.css";
import "./result/result.css";
import "./sweeps/sweeps.css";

export default function Runs({ number, sweep }: { number: number | null; sweep?: number }) {
  if (sweep !== undefined) return <SweepPage id={sweep} key={sweep} />;
  return number === null ? <RunsPage /> : <RunPage number={number} key={number} />;
}
