import { RunsPage } from "./list/runsPage";
import { RunPage } from "./runPage";
import "../snapshots/snapshots.css";
import "./runs.css";

export default function Runs({ number }: { number: number | null }) {
  return number === null ? <RunsPage /> : <RunPage number={number} key={number} />;
}
