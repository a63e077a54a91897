export default function GroupPage(_props: { groupId: string }) {
  return null;
}
