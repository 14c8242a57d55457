export function Logo() {
  return (
    <svg viewBox="0 0 28 28" fill="none" aria-hidden="true">
      <path d="M15 23H5V5h18v10" stroke="currentColor" stroke-width="2.5" />
      <path d="M18 18h8v8h-8z" fill="currentColor" />
    </svg>
  );
}
