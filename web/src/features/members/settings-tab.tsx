export default function SettingsTab(_props: { eventId: string }) {
  return null;
}
