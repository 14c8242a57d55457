export default function Setup() {
  return <main class="page" id="content" />;
}
