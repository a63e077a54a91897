import { type ReactNode, useId } from "react";

/** A picture for those who see, and the same in figures for everybody. */
export function Figure(props: { title: string; chart: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <figure aria-labelledby={id} className="grid grid-cols-1 gap-3">
      <figcaption id={id} className="font-medium">
        {props.title}
      </figcaption>
      <div className="grid grid-cols-1 items-start gap-4 sm:grid-cols-2">
        <div aria-hidden="true">{props.chart}</div>
        <div className="overflow-x-auto">{props.children}</div>
      </div>
    </figure>
  );
}

/** Names at the start of each row, amounts at its end. */
export function DataTable(props: {
  caption: string;
  name: string;
  amounts: string[];
  rows: { key: string; name: string; amounts: ReactNode[] }[];
}) {
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{props.caption}</caption>
      <thead>
        <tr className="text-quiet">
          <th scope="col" className="pb-1 text-start font-normal">
            {props.name}
          </th>
          {props.amounts.map((amount) => (
            <th key={amount} scope="col" className="ps-2 pb-1 text-end font-normal">
              {amount}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {props.rows.map((row) => (
          <tr key={row.key}>
            <th scope="row" className="py-1.5 text-start font-normal">
              {row.name}
            </th>
            {row.amounts.map((amount, index) => (
              <td key={props.amounts[index]} className="py-1.5 ps-2 text-end">
                {amount}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
