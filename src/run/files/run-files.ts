import { existsSync, lstatSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../../domain/errors.ts";
import { shellWords } from "../../domain/shell-words.ts";
import { errnoOf, errnoText } from "../../domain/system-error.ts";
import { isFolder, namesIn } from "../../files/look.ts";
import { isOwnFile, refuseForeign } from "../../files/own-file.ts";
import { removeFile } from "../../files/remove-file.ts";

/** The files of one run. */
export interface RunFiles {
  /** Beginning of all their paths. */
  readonly prefix: string;
  /** DISBATCH_JOBID: the last part of the prefix. */
  readonly jobId: string;
  readonly status: string;
  readonly journal: string;
  /** The lines that were submitted to the run, as a task file; there only if any could be. */
  readonly tasks: string;
  /** The document of a workflow and what became of it over its runs; there only for one. */
  readonly workflow: string;
  /** What cached instances of a workflow were made from; there only if there are any. */
  readonly cache: string;
  /** What tasks have printed; there only if something is kept. */
  readonly output: string;
  readonly log: string;
  readonly lock: string;
  /** Tells where the run can be called; there while it goes on. */
  readonly contact: string;
  /** What is needed to take the run up again when its driver has died; there while it goes on. */
  readonly recovery: string;
  /** The script that adds engines to the run. */
  readonly util: string;
  /** Address of the run's own key-value server; there while it serves. */
  readonly kvsInfo: string;
  /** Where its web page is, and what lets programs in there; there while it is served. */
  readonly web: string;
  /** What the task command of the run prints. */
  readonly taskCommandLog: string;
  /** The name was made up here, and another will do as well. */
  readonly automatic: boolean;
}

const CONTACT_ENDING = "_contact.json";

/** The files of the run whose contact file this is. */
export function filesByContact(contact: string): RunFiles {
  return filesOf(contact.endsWith(CONTACT_ENDING) ? contact.slice(0, -CONTACT_ENDING.length) : contact, false);
}

/**
 * Where the files of a run go: PREFIX when it is no folder; else a name of its own in that folder, or in the working
 * directory.
 *
 * @param prefix value of `-p`.
 * @param taskFileName base name of the task file, or `stdin`.
 * @throws UserError when the folder is missing.
 */
export function chooseRunFiles(prefix: string | undefined, taskFileName: string, now: Date): RunFiles {
  const base = resolve(prefix ?? ".");
  if (isFolder(base)) return freshName(base, taskFileName, now);
  if (prefix?.endsWith("/") === true || !isFolder(dirname(base))) {
    const folder = prefix?.endsWith("/") === true ? base : dirname(base);
    throw new UserError("no-such-folder", `-p ${prefix}: there is no folder ${folder}; make it first`);
  }
  return filesOf(base, false);
}

/** Where the files of a run go whose job may be requeued and has to find them again: the name made up here is the job's own. */
export function filesOfJob(prefix: string | undefined, taskFileName: string, jobId: string): RunFiles {
  const base = resolve(prefix ?? ".");
  if (!isFolder(base)) return chooseRunFiles(prefix, taskFileName, new Date());
  return filesOf(join(base, `${taskFileName}_disBatch_J${jobId}`), false);
}

/**
 * Where the files of a document's runs go, of all of them: PREFIX when it is no folder; else the document's name in that folder,
 * or in the working directory.
 *
 * @param prefix value of `-p`.
 * @param name of the document.
 * @throws UserError when the folder is missing.
 */
export function filesOfDocument(prefix: string | undefined, name: string): RunFiles {
  const base = resolve(prefix ?? ".");
  return isFolder(base) ? filesOf(join(base, name), false) : chooseRunFiles(prefix, name, new Date());
}

/** `FOLDER/<taskfile>_disBatch_<yymmddHHMMSS>_<000..999>`, the first that nothing goes by. */
function freshName(folder: string, taskFileName: string, now: Date): RunFiles {
  const pad = (n: number, places = 2): string => String(n).padStart(places, "0");
  const date = pad(now.getFullYear() % 100) + pad(now.getMonth() + 1) + pad(now.getDate());
  const time = pad(now.getHours()) + pad(now.getMinutes()) + pad(now.getSeconds());
  for (let i = 0; i < 1000; i++) {
    const number = pad((now.getMilliseconds() + i) % 1000, 3);
    const files = filesOf(join(folder, `${taskFileName}_disBatch_${date}${time}_${number}`), true);
    if (!hasFiles(files)) return files;
  }
  throw new UserError("prefix-in-use", `${folder}: a thousand runs of ${taskFileName} began in this second; use -p`);
}

function filesOf(prefix: string, automatic: boolean): RunFiles {
  return {
    prefix,
    jobId: basename(prefix),
    status: `${prefix}_status.txt`,
    journal: `${prefix}_journal.jsonl`,
    tasks: `${prefix}_tasks.txt`,
    workflow: `${prefix}_workflow.jsonl`,
    cache: `${prefix}_cache.jsonl`,
    output: `${prefix}_output.bin`,
    log: `${prefix}_driver.log`,
    lock: `${prefix}_run.lock`,
    contact: `${prefix}${CONTACT_ENDING}`,
    recovery: `${prefix}_recovery.json`,
    util: `${prefix}_dbUtil.sh`,
    kvsInfo: `${prefix}_kvsinfo.txt`,
    web: `${prefix}_web.txt`,
    taskCommandLog: `${prefix}_taskcommand.log`,
    automatic,
  };
}

/** The files of the run of this prefix; the path of one of them will do as well. */
export function filesOfRun(path: string): RunFiles {
  const none = filesOf("", false);
  const endings = [...pathsOf(none), none.cache, none.web];
  const ending = endings.find((one) => path.endsWith(one)) ?? "";
  return filesOf(resolve(path.slice(0, path.length - ending.length)), false);
}

/**
 * The cache is not among them: it may be there before the first run, where it came with a copy of the tree. Nor is the file of a
 * web page, which may be served for longer than the run that began it.
 */
function pathsOf(files: RunFiles): string[] {
  const { status, journal, tasks, workflow, output, log, lock, contact, recovery, util, kvsInfo, taskCommandLog } =
    files;
  return [status, journal, tasks, workflow, output, log, lock, contact, recovery, util, kvsInfo, taskCommandLog];
}

/** Errors that say that nothing can go by a name. */
const NOT_THERE = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

/** Whether something goes by this name, also a link that leads nowhere. @throws UserError `name-unusable` when nobody can tell. */
export function isTaken(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== undefined && NOT_THERE.has(errno)) return false;
    const advice = errno === "ENAMETOOLONG" ? "; choose a shorter one with -p" : "";
    throw new UserError("name-unusable", `${path}: ${errnoText(error)}${advice}`, { cause: error });
  }
}

/** Whether any file of this run is there. */
export function hasFiles(files: RunFiles): boolean {
  return pathsOf(files).some(isTaken);
}

/**
 * No run begins where its files cannot be this user's: what somebody else has put there could be taken for them.
 *
 * @throws ForeignFileError for the first that cannot.
 */
export function refuseForeignFiles({
  status,
  journal,
  tasks,
  workflow,
  cache,
  output,
  contact,
  recovery,
  util,
  kvsInfo,
  web,
}: RunFiles): void {
  for (const path of [status, journal, tasks, workflow, cache, output, contact, recovery, util, kvsInfo, web]) {
    refuseForeign(path);
  }
}

/** What is behind the prefix in the name of a file that was being made, or taken away, by a process of that number. */
const UNFINISHED =
  /^_(?:dbUtil\.sh|contact\.json|recovery\.json|cache\.jsonl|status\.txt|kvsinfo\.txt|web\.txt|run\.lock)\.[0-9]+(?:-[0-9a-f]+)?\.(?:tmp|stale)$/;

/**
 * Removes what drivers of this run have left half made that were killed in that moment. Whoever does so holds its lock. What
 * is somebody else's stays, and so does what cannot be removed: it does no harm.
 */
export function dropUnfinished(files: RunFiles): void {
  for (const path of unfinishedOf(files)) removeFile(path);
}

/**
 * Removes what a driver has left half made, for a run that is only read from, when its driver was killed.
 *
 * @param isStale whether this lock is there, and its run is not.
 */
export function dropAbandoned(files: RunFiles, isStale: (lock: string) => boolean): void {
  if (!isStale(files.lock)) return;
  const found = unfinishedOf(files);
  // Asked once more: what a driver makes that has come just now stays.
  if (isStale(files.lock)) for (const path of found) removeFile(path);
}

function unfinishedOf({ prefix, jobId }: RunFiles): string[] {
  const folder = dirname(prefix);
  const names = namesIn(folder).filter((name) => name.startsWith(jobId) && UNFINISHED.test(name.slice(jobId.length)));
  return names.map((name) => join(folder, name)).filter(isOwnFile);
}

/**
 * What can be done with a run that cannot be gone on with, by what is there of it.
 *
 * @returns undefined when nothing can.
 */
export function waysOn({ prefix, status, journal, recovery, workflow }: RunFiles): string | undefined {
  if (isOwnFile(workflow)) return `go on with ${shellWords(["disbatch", "retry", prefix])}`;
  if (existsSync(status)) return `resume with ${shellWords(["-r", status])}`;
  if (!isOwnFile(journal)) return undefined;
  const first = existsSync(recovery) ? `remove ${recovery} and ` : "";
  return `${first}make its status file, which is gone, anew from its journal with ${shellWords(["--recover", prefix])}`;
}
