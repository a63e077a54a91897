export default function BalancesTab(_props: { eventId: string }) {
  return null;
}
