/** A socket in the place of `WebSocket`: the test is its server, and says what comes and when it dies. */
export class FakeSocket {
  static all: FakeSocket[] = [];
  onmessage: ((frame: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  die(code = 1006): void {
    this.onclose?.({ code, reason: '' });
  }
  close(): void {
    this.closed = true;
  }
  get after(): string | null {
    return new URL(this.url).searchParams.get('after');
  }
}

export const lastSocket = (): FakeSocket => {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error('no socket was opened');
  return socket;
};
