import { useRef } from "react";
import { Refused } from "../../../api/client";
import { newId } from "../../../api/ids";

/**
 * Send something once, however often it is tried: while it is not known what became of it, the same content goes out
 * under the same key. A refusal is kept under its key too, so after one there is another.
 */
export function useKeyed(): <Result>(content: unknown, send: (key: string) => Promise<Result>) => Promise<Result> {
  const open = useRef<{ content: string; key: string } | null>(null);
  return async (content, send) => {
    const written = JSON.stringify(content);
    if (open.current?.content !== written) open.current = { content: written, key: newId() };
    try {
      const result = await send(open.current.key);
      open.current = null;
      return result;
    } catch (error) {
      if (error instanceof Refused) open.current = null;
      throw error;
    }
  };
}
