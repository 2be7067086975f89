import { mistakeInVariable } from "../document/names.ts";

/** Names that are given once each. Those that would be one variable, `STATE_x`, count as the same. */
export class UniqueNames {
  readonly #taken = new Set<string>();

  take(wished: string): string {
    let name = wished;
    for (let i = 2; this.#taken.has(asVariable(name)); i++) name = `${wished}_${i}`;
    this.#taken.add(asVariable(name));
    return name;
  }

  has(name: string): boolean {
    return this.#taken.has(asVariable(name));
  }
}

function asVariable(name: string): string {
  return name.replaceAll("-", "_");
}

/** A name that a task may have, as near as possible to this one. */
export function taskNameOf(name: string): string {
  const possible = name.replaceAll(/[^A-Za-z0-9_-]+/g, "_");
  return /^[A-Za-z_]/.test(possible) ? possible : `_${possible}`;
}

/**
 * Variables by which people tell shells, libraries and compilers something. A document of ours that has one as a parameter means it; others have only placeholders.
 */
const HEARD = new Set(
  (
    "TZ TZDIR LANGUAGE TERM COLUMNS LINES DISPLAY EDITOR VISUAL PAGER BROWSER MANPATH INFOPATH MAIL TEMP TMP POSIXLY_CORRECT GLOBIGNORE " +
    "FIGNORE HISTFILE TIMEFORMAT TMOUT CC CXX FC CPP CFLAGS CXXFLAGS CPPFLAGS FFLAGS LDFLAGS MAKEFLAGS MAKELEVEL CLASSPATH GOPATH GOROOT " +
    "GOMAXPROCS PERL5LIB PERLLIB RUBYLIB RUBYOPT DEBUG KUBECONFIG"
  ).split(" "),
);
const HEARD_FAMILIES = new RegExp(
  "^(?:LC|LD|XDG|GIT|SSH|PIP|CONDA|JAVA|JDK|JULIA|NPM|OMP|GOMP|KMP|MKL|OPENBLAS|BLIS|NUMEXPR|NUMBA|CUDA|NVIDIA|ROCR|HIP|NCCL|OMPI|UCX|HDF5)_|" +
    "^(?:MALLOC|AWS|DOCKER|CURL|SSL|GREP|MPL|JUPYTER|HF|TF|TORCH|PYTORCH)_|^PYTHON|^(?:NODE_(?:ENV|OPTIONS|PATH)|R_(?:HOME|LIBS|PROFILE|ENVIRON))|" +
    "^PG(?:HOST|PORT|USER|DATABASE|PASSWORD)|^(?:HTTPS?|FTP|ALL|NO|https?|ftp|all|no)_(?:PROXY|proxy)$",
);

/** A name that a parameter or an axis may have, as near as possible to this one; another one than those that programs hear of. */
export function variableNameOf(name: string): string {
  const possible = name.replaceAll(/[^A-Za-z0-9_]+/g, "_");
  const isWord = possible === "include" || possible === "exclude";
  const isHeard = HEARD.has(possible) || HEARD_FAMILIES.test(possible);
  return isWord || isHeard || mistakeInVariable(possible) !== undefined ? `P_${possible}` : possible;
}
