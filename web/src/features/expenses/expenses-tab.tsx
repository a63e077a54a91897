export function ExpensesTab(_props: { eventId: string }) {
  return null;
}
