export default function Account() {
  return <main class="page" id="content" />;
}
