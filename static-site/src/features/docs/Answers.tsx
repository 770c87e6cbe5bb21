/** What an operation answers: what it gives, and the refusals, which are all of one shape. */
import { useDescribed } from './described';
import type { Answer } from './groups';
import { Words } from './Prose';
import { Inner, TypeWords } from './SchemaFields';
import { Part } from './Part';
import { told } from './words';

const isRefusal = ({ status }: Answer): boolean => !/^[123]/.test(status);

export function Answers({ answers }: { answers: Answer[] }) {
  const refusals = answers.filter(isRefusal);
  return (
    <>
      <Part title="Answers">
        <ul className="divide-y divide-line" aria-label="Answers">
          {answers
            .filter((answer) => !isRefusal(answer))
            .map((answer) => (
              <AnswerLine key={answer.status} answer={answer} whole />
            ))}
        </ul>
      </Part>
      {refusals.length > 0 && (
        <Part title="Problems" note={refusals[0]?.mediaType}>
          <ul className="divide-y divide-line" aria-label="Problems">
            {refusals.map((answer) => (
              <AnswerLine key={answer.status} answer={answer} />
            ))}
          </ul>
          <Shapes of={refusals} />
        </Part>
      )}
    </>
  );
}

function AnswerLine({ answer, whole = false }: { answer: Answer; whole?: boolean }) {
  const { status, words, mediaType, schema } = answer;
  const described = useDescribed();
  const what = whole && schema ? told(described, schema) : null;
  return (
    <li className="grid grid-cols-[56px_minmax(0,1fr)] gap-x-3 max-sm:grid-cols-[36px_minmax(0,1fr)] py-1.5 text-xs">
      <span className="num font-mono font-[560]">{status === 'default' ? 'other' : status}</span>
      <div className="flex min-w-0 flex-col gap-0.5">
        <p className="text-soft">
          <Words text={words} />
          {whole && mediaType && <span className="text-faint"> · {mediaType}</span>}
        </p>
        {what && (what.inner.length > 0 ? <Inner told={what} given /> : <TypeWords told={what} />)}
      </div>
    </li>
  );
}

/** Once each: refusals of an operation share theirs. */
function Shapes({ of }: { of: Answer[] }) {
  const described = useDescribed();
  const shapes = new Map(
    of.flatMap(({ schema }) => (schema ? [[JSON.stringify(schema), schema] as const] : [])),
  );
  return [...shapes].map(([key, schema]) => <Inner key={key} told={told(described, schema)} given />);
}
