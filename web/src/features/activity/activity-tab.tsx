export default function ActivityTab(_props: { eventId: string }) {
  return null;
}
