import { Refused } from "../api/client";
import { newId } from "../api/ids";

/**
 * Send something once, however often it is asked for.
 *
 * While it is on its way, the same content is not sent again. While it is not known what became of it, it goes out
 * again under the same key, and so is done once; the server keeps a refusal under its key too, so after one there is a
 * new key.
 */
export class Once<Output> {
  private open: { content: string; key: string; sending?: Promise<Output> } | null = null;

  async send(input: unknown, write: (key: string) => Promise<Output>): Promise<Output> {
    const content = JSON.stringify(input) ?? "";
    if (this.open?.content !== content) this.open = { content, key: newId() };
    const { open } = this;
    try {
      open.sending ??= write(open.key);
      const output = await open.sending;
      this.close(open);
      return output;
    } catch (error) {
      delete open.sending;
      if (error instanceof Refused && error.status < 500) this.close(open);
      throw error;
    }
  }

  /** What was sent since is still open. */
  private close(sent: object): void {
    if (this.open === sent) this.open = null;
  }
}
