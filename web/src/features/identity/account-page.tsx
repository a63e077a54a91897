import { useSession } from "../../data/session";
import { useText } from "../../i18n";
import { Frame } from "../../ui/frame";
import { Skeleton } from "../../ui/parts";
import { Appearance } from "./account/appearance";
import { Devices } from "./account/devices";
import { GuestAccount } from "./account/guest";
import { Invitations } from "./account/invitations";
import { Leaving } from "./account/leaving";
import { Passkeys } from "./account/passkeys";
import { Password } from "./account/password";
import { Profile } from "./account/profile";
import { Tokens } from "./account/tokens";
import { Users } from "./account/users";
import { ClaimNotice } from "./claim-notice";

export default function AccountPage() {
  const { t } = useText();
  const { user, known } = useSession();
  return (
    <Frame title={t("nav.account")}>
      <h1 className="mb-4 text-2xl font-bold">{user?.name ?? t("nav.account")}</h1>
      <ClaimNotice />
      <div className="grid gap-4">
        {!known && <Skeleton lines={4} />}
        {known && user === null && <GuestAccount />}
        {user !== null && (
          <>
            <Profile key={user.id} user={user} />
            <Password user={user} />
            <Passkeys user={user} />
            <Devices />
          </>
        )}
        <Appearance />
        {user !== null && (
          <>
            {user.role !== "user" && (
              <>
                <Invitations user={user} />
                <Users user={user} />
              </>
            )}
            <Tokens />
            <Leaving user={user} />
          </>
        )}
      </div>
    </Frame>
  );
}
