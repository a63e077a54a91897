export default function NewEventPage() {
  return null;
}
