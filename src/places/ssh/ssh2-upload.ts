import { constants, promises as fs } from "node:fs";
import type { Client, SFTPWrapper } from "ssh2";
import { whileMoving } from "./while-moving.ts";

/** Rights of a file that is its owner's alone. */
const OWNER_ONLY = 0o700;

/** Copies a file over SFTP, many pieces at a time. @throws Error, also when it stands still. */
export async function upload(client: Client, localFile: string, remoteFile: string): Promise<void> {
  // The file is looked at before anything there is touched.
  await fs.access(localFile, constants.R_OK);
  const opening = openSftp(client);
  const copy = async (moved: () => void): Promise<void> => {
    const sftp = await opening;
    moved();
    await makeEmpty(sftp, remoteFile);
    moved();
    await put(sftp, localFile, remoteFile, moved);
  };
  try {
    await whileMoving(copy, (why) => new Error(why));
  } finally {
    // The end comes also when SFTP is opened only now.
    opening.then((sftp) => sftp.end()).catch(() => undefined);
  }
}

function openSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) return reject(error);
      sftp.on("error", () => undefined);
      resolve(sftp);
    });
  });
}

/** @param moved called when a piece has arrived. */
function put(sftp: SFTPWrapper, localFile: string, remoteFile: string, moved: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { mode: OWNER_ONLY, step: moved };
    sftp.fastPut(localFile, remoteFile, options, (error) => (error ? reject(error) : resolve()));
  });
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
