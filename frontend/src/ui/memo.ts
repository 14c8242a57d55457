import { type Component, type FunctionComponent, h } from "preact";

function differ(one: object, other: object): boolean {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof typeof one>;
  return [...keys].some((key) => !Object.is(one[key], other[key]));
}

/** Draws a component anew only where one of its properties is another one. */
export function memo<P extends object>(component: FunctionComponent<P>): FunctionComponent<P> {
  return function Kept(this: Component<P>, props: P) {
    this.shouldComponentUpdate = (next) => differ(this.props, next);
    return h(component, props);
  } as FunctionComponent<P>;
}
