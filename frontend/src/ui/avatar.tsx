import type { Person } from "../api/types";

export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/)
    .filter(Boolean);
  const letters = words.length > 1 ? `${words[0]![0]}${words.at(-1)![0]}` : (words[0] ?? "?").slice(0, 2);
  return letters.toUpperCase();
}

interface AvatarProps {
  person: Person;
  large?: boolean;
  /** The name stands right beside it, or on the button around it. */
  decorative?: boolean;
}

export function Avatar({ person, large = false, decorative = false }: AvatarProps) {
  const look = `av g${(person.id % 4) + 1} ${large ? "lg" : ""}`;
  if (decorative) {
    return (
      <span class={look} aria-hidden="true">
        {initials(person.name)}
      </span>
    );
  }
  return (
    <span class={look} title={person.name} role="img" aria-label={person.name}>
      {initials(person.name)}
    </span>
  );
}
