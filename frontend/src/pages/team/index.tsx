export default function Team({ slug }: { slug: string }) {
  return (
    <main class="page" id="content">
      {slug}
    </main>
  );
}
