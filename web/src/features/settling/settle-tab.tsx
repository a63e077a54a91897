export default function SettleTab(_props: { eventId: string }) {
  return null;
}
