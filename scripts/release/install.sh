#!/bin/sh
# Installs disbatch @VERSION@ for @TARGET@ out of the folder that this script is in:
#
#     ./install.sh [PREFIX]
#
# PREFIX is ~/.local if not given. The program comes into PREFIX/lib/disbatch, links to it into PREFIX/bin, the man page,
# completions and documents into PREFIX/share. Each file takes the place of an old one in one go, so runs that go on with an
# older version, and a second install at the same time, are not disturbed.
set -eu
umask 022
unset CDPATH
version='@VERSION@' target='@TARGET@'
line_break='
'
temp=
trap 'rm -f "$temp"' EXIT
trap 'exit 1' HUP INT TERM

# echo takes backslashes for something else in some shells.
print() { printf '%s\n' "$1"; }

say() { print "install.sh: $*"; }

fail() {
  say "$@" >&2
  exit 1
}

check_name() {
  case $prefix in *:* | *"$line_break"*) fail "a folder with a colon or a line break cannot be in PATH; name another" ;; esac
}

# Sets `prefix`, an absolute path without a slash at its end.
read_arguments() {
  case ${1-} in
    -h | --help)
      echo "Usage: ./install.sh [PREFIX]    installs disbatch $version into PREFIX (default: ~/.local)"
      exit
      ;;
    -*) fail "there is no option $1; a folder of that name is ./$1" ;;
  esac
  [ $# -le 1 ] || fail "one PREFIX at the most: ./install.sh [PREFIX]"
  [ $# -eq 1 ] || [ -n "${HOME-}" ] || fail "HOME is not set; name a folder: ./install.sh PREFIX"
  prefix=${1-$HOME/.local}
  [ -n "$prefix" ] || fail "PREFIX is empty; name a folder: ./install.sh PREFIX"
  case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
  check_name
  while [ "$prefix" != "${prefix%/}" ]; do prefix=${prefix%/}; done
}

# Sets `here`, the folder of the archive, also for a script that a link leads to.
find_archive() {
  here=$(readlink -f -- "$0") && here=${here%/*}
  [ -f "$here/disbatch" ] || fail "the executable is not beside this script; unpack the archive and run the script there: ./install.sh"
}

# The file that Linux starts programs of a platform with; it is only where such programs can run.
loader_of() {
  case $1 in
    x64) echo /lib64/ld-linux-x86-64.so.2 ;;
    arm64) echo /lib/ld-linux-aarch64.so.1 ;;
    x64-musl) echo /lib/ld-musl-x86_64.so.1 ;;
    arm64-musl) echo /lib/ld-musl-aarch64.so.1 ;;
  esac
}

# Says which archive this machine needs in place of this one, if there is one.
advice() {
  for other in "$1" "$1-musl"; do
    if [ "$other" != "$target" ] && [ -e "$(loader_of "$other")" ]; then
      echo "take disbatch-$version-linux-$other.tar.gz"
      return
    fi
  done
  echo "the npm package needs only Node.js 20 or later"
}

check_machine() {
  system=$(uname -s) machine=$(uname -m)
  [ "$system" = Linux ] || fail "this archive is for Linux, and this is $system"
  case $machine in
    x86_64 | amd64) family=x64 ;;
    aarch64 | arm64) family=arm64 ;;
    *) family=none ;;
  esac
  [ "${target%-musl}" = $family ] || fail "this archive is for ${target%-musl}, and this machine is $machine; $(advice $family)"
  case $target in *-musl) libc=musl ;; *) libc=glibc ;; esac
  [ -e "$(loader_of "$target")" ] || fail "this archive needs a Linux with $libc, and there is none here; $(advice $family)"
}

check_executable() {
  code=0
  # The shell may have its own words for an end by a signal.
  said=$({ "$here/disbatch" --version; } 2>&1) || code=$?
  said=$(print "$said" | sed -n 1p)
  case $code/$said in
    0/*) return ;;
    # Nothing can be run where the archive was unpacked.
    126/*) return ;;
    132/*) fail "this machine's processor is too old: it has no SSE4.2; $(advice none)" ;;
    */*libstdc++*) fail "the executable needs the C++ library; install libstdc++, as in: apk add libstdc++" ;;
  esac
  fail "the executable does not run on this machine: ${said:-"exit code $code"}; $(advice $family)"
}

# refuse COMPLAINT: something could not be written. Only the end of what programs say is why.
refuse() { fail "cannot install into ${prefix:-/}: ${1##*: }; name another folder: ./install.sh PREFIX"; }

make_folder() {
  [ -d "$1" ] || problem=$(mkdir -p "$1" 2>&1) || refuse "$problem"
}

# Makes the folder, and takes dots and double slashes out of its name. Other names stay as the user gave them, links too: PATH
# may have them like this.
make_prefix() {
  make_folder "${prefix:-/}"
  case $prefix/ in *//* | */./* | */../*) ;; *) return ;; esac
  place=$(cd -P -- "$prefix" 2>&1 && pwd -P) || refuse "$place"
  prefix=${place%/}
  check_name
}

# put FILE PLACE MODE: makes a copy, which takes the place.
put() {
  make_folder "${2%/*}"
  [ ! -d "$2" ] || fail "$2 is a folder, and a file is to be there; move it away"
  # A signal waits until the name of the file is known here.
  temp=$(trap '' HUP INT TERM; mktemp "$2.XXXXXX" 2>&1) || { problem=$temp temp=; refuse "$problem"; }
  problem=$(cp "$1" "$temp" 2>&1) || refuse "$problem"
  chmod "$3" "$temp"
  problem=$(mv -f "$temp" "$2" 2>&1) || refuse "$problem"
  temp=
}

# put_all FOLDER NAME...: what is in the archive by these names.
put_all() {
  into=$1
  shift
  while IFS= read -r file; do put "$here/$file" "$into/$file" 644; done <<END
$(cd "$here" && find "$@" -type f)
END
}

link_into_bin() {
  [ ! -d "$prefix/bin/$1" ] || fail "$prefix/bin/$1 is a folder, and a link is to be there; move it away"
  temp=$prefix/bin/$1.$$
  rm -f "$temp"
  problem=$(ln -s "$prefix/lib/disbatch/bin/$1" "$temp" 2>&1) || refuse "$problem"
  problem=$(mv -f "$temp" "$prefix/bin/$1" 2>&1) || refuse "$problem"
  temp=
}

install_all() {
  make_prefix
  put "$here/disbatch" "$prefix/lib/disbatch/disbatch" 755
  for name in disbatch disBatch; do put "$here/bin/$name" "$prefix/lib/disbatch/bin/$name" 755; done
  put_all "$prefix" share
  put_all "$prefix/share/doc/disbatch" README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md LICENSE THIRD-PARTY-LICENSES docs exampleTaskFiles exampleWorkflows
  make_folder "$prefix/bin"
  for name in disbatch disBatch; do link_into_bin "$name"; done
}

# A folder may have any characters in its name; each shell has its own words for them.
quoted() {
  case $1 in *[!A-Za-z0-9/._+,@-]*) ;; *)
    print "$1"
    return
    ;;
  esac
  case ${SHELL-} in
    */fish) print "$1" | sed "s/[\\\\']/\\\\&/g; s/^/'/; s/\$/'/" ;;
    */csh | */tcsh) print "$1" | sed "s/'/'\\\\''/g; s/!/\\\\!/g; s/^/'/; s/\$/'/" ;;
    *) print "$1" | sed "s/'/'\\\\''/g; s/^/'/; s/\$/'/" ;;
  esac
}

# Lines for the user's shell that put a folder before what a variable has.
line_for() {
  case ${SHELL-} in
    */fish) print "set -gx $1 $(quoted "$2") \$$1" ;;
    */csh | */tcsh) print "setenv $1 $(quoted "$2"):\"\$$1\"" ;;
    *) print "export $1=$(quoted "$2"):\"\$$1\"" ;;
  esac
}

settings_file() {
  case ${SHELL-} in
    */bash) echo "~/.bashrc" ;;
    */zsh) echo "~/.zshrc" ;;
    */fish) echo "~/.config/fish/config.fish" ;;
    */csh | */tcsh) echo "~/.${SHELL##*/}rc" ;;
    *) echo "~/.profile" ;;
  esac
}

# A folder of completions that the shell does not look into by itself.
completion_line() {
  case ${SHELL-} in
    */bash)
      file=bash-completion/completions/disbatch known=
      # Without this package bash looks into no folder by itself.
      [ -e /usr/share/bash-completion/bash_completion ] && known="|/usr|/usr/local|${HOME-}/.local|"
      ;;
    */fish) file=fish/vendor_completions.d/disbatch.fish known="|/usr|${HOME-}/.local|" ;;
    */zsh)
      case $prefix in /usr | /usr/local) ;; *) print "fpath=($(quoted "$prefix/share/zsh/site-functions") \$fpath)" ;; esac
      return
      ;;
    *) return ;;
  esac
  case $known in *"|$prefix|"*) ;; *) print "source $(quoted "$prefix/share/$file")" ;; esac
}

tell_how_to_go_on() {
  say "disbatch $version is installed in ${prefix:-/}"
  lines=
  case :$PATH: in *":$prefix/bin:"*) ;; *) lines=$(line_for PATH "$prefix/bin") ;; esac
  # An empty part stands for what goes by PATH.
  case :${MANPATH-}: in *::* | *":$prefix/share/man:"*) ;; *) lines="$lines$line_break$(line_for MANPATH "$prefix/share/man")" ;; esac
  completion=$(completion_line)
  lines="$lines$line_break$completion"
  lines=$(print "$lines" | sed '/^$/d; s/^/  /')
  if [ -n "$lines" ]; then
    say "type this now, and put it into $(settings_file)$(case $completion in fpath=*) echo ", before compinit," ;; esac) for later:"
    print "$lines"
  fi
  found=$(command -v disbatch || :)
  case :$PATH: in
    *":$prefix/bin:"*) [ "$found" = "$prefix/bin/disbatch" ] || say "another disbatch comes before it in PATH: $found" ;;
  esac
}

read_arguments "$@"
check_machine
find_archive
check_executable
install_all
tell_how_to_go_on
