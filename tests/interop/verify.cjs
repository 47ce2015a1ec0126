// Verifies a signed proof with @sigstore/verify, and expects it to refuse a changed byte.
const crypto = require('node:crypto');
const fs = require('node:fs');
const { bundleFromJSON } = require('@sigstore/bundle');
const { Verifier, toSignedEntity } = require('@sigstore/verify');

const [proof, publicKey] = process.argv.slice(2);
const root = JSON.parse(fs.readFileSync(proof, 'utf8').split('\n')[0]);
const bare = root.signatures.find((one) => one.keyid.startsWith('ed25519:'));

// The raw key at the end of the OpenSSH blob, as a key of Node.
const raw = Buffer.from(fs.readFileSync(publicKey, 'utf8').split(' ')[1], 'base64').subarray(-32);
const key = crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });

const material = {
  certificateAuthorities: [],
  timestampAuthorities: [],
  tlogs: [],
  ctlogs: [],
  publicKey: () => ({ publicKey: key, validFor: () => true }),
};
const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0, tsaThreshold: 0 });

function verify(payload, sig) {
  const bundle = {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: bare.keyid }, tlogEntries: [] },
    dsseEnvelope: { payload, payloadType: root.payloadType, signatures: [{ keyid: bare.keyid, sig }] },
  };
  verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
}

function flipped(text) {
  const bytes = Buffer.from(text, 'base64');
  bytes[bytes.length >> 1] ^= 1;
  return bytes.toString('base64');
}

verify(root.payload, bare.sig);
for (const [payload, sig] of [[flipped(root.payload), bare.sig], [root.payload, flipped(bare.sig)]]) {
  let accepted = true;
  try {
    verify(payload, sig);
  } catch {
    accepted = false;
  }
  if (accepted) throw new Error('@sigstore/verify takes a changed byte');
}
console.log('@sigstore/verify: takes the Ed25519 signature, and refuses a changed byte of payload and signature');
