export default function Images() {
  return <main class="page" id="content" />;
}
