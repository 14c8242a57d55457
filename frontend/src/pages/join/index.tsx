export default function Join({ token }: { token: string }) {
  return (
    <main class="page" id="content">
      {token}
    </main>
  );
}
