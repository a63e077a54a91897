import { type ReactNode, useEffect, useRef } from "react";

/** A step in a dialog that takes the place of another: the focus goes to its heading, for what had it is gone. */
export function Step({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="grid gap-4">
      <h3 ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
        {title}
      </h3>
      {children}
    </div>
  );
}
