/** All of an operation: what it takes, what it answers, and how it is typed. */
import { apiUrl } from '@/shared/api/environment';
import { CopyButton } from '@/shared/ui/CopyButton';
import { Answers } from './Answers';
import { curlOf } from './curl';
import { useDescribed } from './described';
import type { Body, Operation } from './groups';
import type { Parameter } from './openapi';
import { Part } from './Part';
import { Prose } from './Prose';
import { FieldLine, Inner, SchemaFields, TypeWords } from './SchemaFields';
import { fieldsOf, told, toldOfParameter } from './words';

const PLACES = [
  { where: 'path', title: 'In the path' },
  { where: 'query', title: 'In the query' },
  { where: 'header', title: 'Headers' },
];

export function OperationDetails({ operation }: { operation: Operation }) {
  const { parameters, body, answers, description, needsKey } = operation;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,380px)] items-start gap-x-6 gap-y-4 px-4 pt-1 pb-4 max-xl:grid-cols-1">
      <Typed operation={operation} />
      <div className="flex min-w-0 flex-col gap-4 xl:col-start-1 xl:row-start-1">
        {description && <Prose text={description} className="text-xs text-soft" />}
        {PLACES.map(({ where, title }) => (
          <Parameters key={where} title={title} own={parameters.filter((one) => one.in === where)} />
        ))}
        {body && <BodyPart body={body} />}
        <Answers answers={answers} />
        {!needsKey && <p className="text-xs text-faint">It needs no key.</p>}
      </div>
    </div>
  );
}

function Parameters({ title, own }: { title: string; own: Parameter[] }) {
  const described = useDescribed();
  if (own.length === 0) return null;
  return (
    <Part title={title}>
      <ul className="divide-y divide-line" aria-label={title}>
        {own.map((parameter) => (
          <FieldLine
            key={parameter.name}
            name={parameter.name}
            mark={parameter.required === true && 'required'}
            told={toldOfParameter(described, parameter)}
            words={parameter.description ?? parameter.schema?.description}
          />
        ))}
      </ul>
    </Part>
  );
}

function BodyPart({ body: { schema, mediaType, required } }: { body: Body }) {
  const described = useDescribed();
  const hasFields = fieldsOf(described, schema).length > 0;
  const what = told(described, schema);
  return (
    <Part title="Body" note={required ? mediaType : `${mediaType}, may be left out`}>
      {hasFields ? (
        <SchemaFields schema={schema} label="Body" />
      ) : (
        <div className="py-2 text-xs">
          <TypeWords told={what} />
          <Inner told={what} />
        </div>
      )}
    </Part>
  );
}

function Typed({ operation }: { operation: Operation }) {
  const described = useDescribed();
  const curl = curlOf(apiUrl(''), described, operation);
  const { id } = operation;
  return (
    <div className="sticky top-4 col-start-2 min-w-0 rounded-md border border-line bg-panel max-xl:static max-xl:col-start-1">
      <div className="flex min-h-9 items-center gap-1 border-b border-line pr-1.5 pl-3">
        <h4 className="mr-auto text-2xs font-semibold text-faint">As it is typed</h4>
        <CopyButton text={curl} label={`Copy curl of ${id}`} />
      </div>
      <pre
        className="max-h-[420px] overflow-auto px-3 py-2.5 font-mono text-xs leading-[1.6] text-soft"
        tabIndex={0}
        role="group"
        aria-label={`curl of ${id}`}
      >
        {curl}
      </pre>
    </div>
  );
}
