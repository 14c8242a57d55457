/** One figure with its name and unit, inside a `dl.stats`. */
export function Stat(props: { name: string; value: string; unit?: string; testId?: string }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd data-testid={props.testId}>
        {props.value}
        {props.unit && <small> {props.unit}</small>}
      </dd>
    </div>
  );
}
