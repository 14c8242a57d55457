export default function Login() {
  return <main class="page" id="content" />;
}
