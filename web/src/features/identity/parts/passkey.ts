/** Ask the browser for passkeys: WebAuthn speaks in bytes, the API in JSON, and not every browser translates yet. */

type Json = Record<string, unknown>;

const AN_ADDRESS = /^(\d+(\.\d+){3}|\[.*\])$/;

/** Tell whether passkeys can be used here: they belong to a name, so not where the address is a number. */
export function passkeysWork(): boolean {
  return window.isSecureContext && "PublicKeyCredential" in window && !AN_ADDRESS.test(location.hostname);
}

/** Whoever was asked said no, or took too long: nothing that needs an excuse. */
export class NoPasskey extends Error {}

export function answerByPasskey(options: Json): Promise<Json> {
  return asked(() => navigator.credentials.get({ publicKey: requestOptions(options) }));
}

export function makePasskey(options: Json): Promise<Json> {
  return asked(() => navigator.credentials.create({ publicKey: creationOptions(options) }));
}

async function asked(ask: () => Promise<Credential | null>): Promise<Json> {
  let found: Credential | null;
  try {
    found = await ask();
  } catch (error) {
    // InvalidStateError: the device has a passkey of this account already.
    if (error instanceof DOMException) throw new NoPasskey(error.name);
    throw error;
  }
  if (found === null) throw new NoPasskey("null");
  return written(found as PublicKeyCredential);
}

function requestOptions(options: Json): PublicKeyCredentialRequestOptions {
  if (typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function") {
    return PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  }
  const given = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  return {
    ...(options as object),
    challenge: bytesOf(given.challenge),
    allowCredentials: (given.allowCredentials ?? []).map(describe),
  };
}

function creationOptions(options: Json): PublicKeyCredentialCreationOptions {
  const given = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  if (typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function") {
    return PublicKeyCredential.parseCreationOptionsFromJSON(given);
  }
  return {
    ...(options as unknown as PublicKeyCredentialCreationOptions),
    challenge: bytesOf(given.challenge),
    user: { ...given.user, id: bytesOf(given.user.id) },
    excludeCredentials: (given.excludeCredentials ?? []).map(describe),
  };
}

function describe(known: PublicKeyCredentialDescriptorJSON): PublicKeyCredentialDescriptor {
  return { type: "public-key", id: bytesOf(known.id) };
}

function written(found: PublicKeyCredential): Json {
  if (typeof found.toJSON === "function") return { ...found.toJSON() };
  const response: Json = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const bytes = (found.response as unknown as Record<string, ArrayBuffer | null | undefined>)[name];
    if (bytes) response[name] = textOf(bytes);
  }
  return { id: found.id, rawId: textOf(found.rawId), type: found.type, response };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
