import { Refused } from "../../../api/client";
import { end, forgetHere } from "../../../data/session";

export { forgetHere };

/** Sign out on this device; a session that has ended elsewhere already is as good as ended here. */
export async function signOutHere(): Promise<void> {
  try {
    await end();
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    await forgetHere();
  }
}
