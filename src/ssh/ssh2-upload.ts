import { constants, promises as fs } from "node:fs";
import type { Client, SFTPWrapper } from "ssh2";

/** Rights of a file that is its owner's alone. */
const OWNER_ONLY = 0o700;

/** Copies a file over SFTP, many pieces at a time. @throws Error */
export async function upload(client: Client, localFile: string, remoteFile: string): Promise<void> {
  // Before anything there is touched.
  await fs.access(localFile, constants.R_OK);
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
    client.sftp((error, opened) => (error ? reject(error) : resolve(opened)));
  });
  sftp.on("error", () => undefined);
  try {
    await makeEmpty(sftp, remoteFile);
    await new Promise<void>((resolve, reject) => {
      sftp.fastPut(localFile, remoteFile, { mode: OWNER_ONLY }, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    sftp.end();
  }
}

/** Nobody else is to see even the beginning of the file: the rights come first. */
function makeEmpty(sftp: SFTPWrapper, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    sftp.open(file, "w", OWNER_ONLY, (error, handle) => {
      if (error) return reject(error);
      sftp.close(handle, (closing) => (closing ? reject(closing) : resolve()));
    });
  });
}
