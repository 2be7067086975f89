/**
 * The certificates of one run. An authority made for this run alone signs one certificate for the driver, one for its
 * engines and one for its controllers; its own key is forgotten at once. Whoever shows no certificate of this run is
 * refused by either side.
 */

import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension } from "@peculiar/x509";
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";
import type { Credentials } from "../domain/launcher.ts";
import { CALLER_NAMES, DRIVER_NAME } from "./names.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** Clocks may be wrong, and may jump; what is of one run needs no calendar. The last one is RFC 5280's for "no end". */
const VALID_FROM = new Date(0);
const VALID_TO = new Date("9999-12-31T23:59:59Z");

export interface RunCredentials {
  readonly driver: Credentials;
  readonly engine: Credentials;
  readonly controller: Credentials;
}

export async function createRunCredentials(): Promise<RunCredentials> {
  const [authorityKeys, driverKeys, engineKeys, controllerKeys] = await Promise.all([
    makeKeys(),
    makeKeys(),
    makeKeys(),
    makeKeys(),
  ]);
  const validity = {
    notBefore: VALID_FROM,
    notAfter: VALID_TO,
    signingAlgorithm: ALGORITHM,
  };
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: "CN=disbatch run",
    keys: authorityKeys,
    ...validity,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  const issue = async (
    keys: webcrypto.CryptoKeyPair,
    name: string,
    ...usages: ExtendedKeyUsage[]
  ): Promise<Credentials> => {
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: authority.subject,
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      ...validity,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new ExtendedKeyUsageExtension(usages),
        new SubjectAlternativeNameExtension([{ type: "dns", value: name }]),
      ],
    });
    const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
    return { authority: authority.toString("pem"), certificate: certificate.toString("pem"), key };
  };
  const [driver, engine, controller] = await Promise.all([
    issue(driverKeys, DRIVER_NAME, ExtendedKeyUsage.serverAuth),
    // Its own slot processes call an engine by its name; whoever calls the driver asks for another.
    issue(engineKeys, CALLER_NAMES.engine, ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth),
    issue(controllerKeys, CALLER_NAMES.controller, ExtendedKeyUsage.clientAuth),
  ]);
  return { driver, engine, controller };
}

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}
