import { apiUrl } from '@/shared/api/environment';
import { Fact } from '@/shared/ui/Fact';
import { Panel } from '@/shared/ui/Panel';
import { useDescribed } from './described';
import { Words } from './Prose';

/** What holds for all operations, said once. */
export function Basics() {
  const { info, openapi } = useDescribed();
  return (
    <Panel title="Every request" note={`${info.title ?? 'API'} ${info.version ?? ''}, OpenAPI ${openapi}`}>
      <dl className="grid grid-cols-[76px_minmax(0,1fr)] gap-x-4 gap-y-1.5 px-4 py-3 text-xs">
        <Fact name="Address">
          <Code>{apiUrl('')}</Code>
        </Fact>
        <Fact name="Key">
          <Code>Authorization: Bearer $KEY</Code>
        </Fact>
        <Fact name="Refusals">
          <span className="font-[400] text-soft">
            <Words text="Problems by RFC 9457: `code` says which and stays as it is, `errors` points at each field" />
          </span>
        </Fact>
      </dl>
    </Panel>
  );
}

const Code = ({ children }: { children: string }) => <code className="font-mono font-[500]">{children}</code>;
