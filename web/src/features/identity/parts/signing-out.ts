import { Refused } from "../../../api/client";
import { queries } from "../../../data/query";
import { end, sessionQuery } from "../../../data/session";
import { forgetSeen } from "../../../data/store";

/** Sign out on this device; a session that has ended elsewhere already is as good as ended here. */
export async function signOutHere(): Promise<void> {
  try {
    await end();
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    await forgetHere();
  }
}

/** Forget whoever was signed in, where the server has done so already. */
export async function forgetHere(): Promise<void> {
  queries.clear();
  await forgetSeen();
  queries.setQueryData(sessionQuery.queryKey, null);
}
