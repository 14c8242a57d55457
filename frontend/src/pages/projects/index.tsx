export default function Projects() {
  return <main class="page" id="content" />;
}
