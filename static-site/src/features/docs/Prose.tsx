/** A description: paragraphs, and between backticks what is code. */
export function Prose({ text, className = '' }: { text: string; className?: string }) {
  return text.split(/\n\n+/).map((paragraph, at) => (
    <p key={at} className={className}>
      <Words text={paragraph} />
    </p>
  ));
}

export const Words = ({ text }: { text: string }) =>
  text.split('`').map((part, at) =>
    // What stands between two backticks is every second part.
    at % 2 === 1 ? (
      <code key={at} className="font-mono text-[0.94em] text-text">
        {part}
      </code>
    ) : (
      part
    ),
  );
