import { RunsPage } from "./list/RunsPage";
import { RunPage } from "./RunPage";
import "../snapshots/snapshots.css";
import "./runs.css";

export default function Runs({ number }: { number: number | null }) {
  return number === null ? <RunsPage /> : <RunPage number={number} key={number} />;
}
