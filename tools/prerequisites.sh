# prerequisites.sh
# Sourced by other tools: finds Swift, and installs system packages, or prints the command if the permission is missing.

tool=${0##*/}

say() { printf '%s: %s\n' "$tool" "$*" >&2; }
fail() {
  say "$@"
  exit 1
}

# Puts a directory that holds `swift` on PATH.
require_swift() {
  command -v swift >/dev/null 2>&1 && return
  local directory
  for directory in /opt/swift/usr/bin /usr/share/swift/usr/bin "${HOME:-/nonexistent}/.local/share/swiftly/bin"; do
    if [ -x "$directory/swift" ]; then
      export PATH="$directory:$PATH"
      return
    fi
  done
  fail "there is no Swift on PATH, in /opt/swift/usr/bin or in /usr/share/swift/usr/bin: install Swift 6.1 or later" \
    "from swift.org, then try again"
}

# has_package NAME: whether the package's files are there, even if another installer brought them.
has_package() {
  case $1 in
    libprotobuf-c-dev) has_header protobuf-c/protobuf-c.h libprotobuf-c ;;
    libturbojpeg0-dev) has_header turbojpeg.h libturbojpeg ;;
    zlib1g-dev) has_header zlib.h zlib ;;
    protobuf-c-compiler) command -v protoc-c >/dev/null ;;
    chromium) command -v chromium >/dev/null ;;
    slurm-wlm) command -v sbatch >/dev/null && [ -x /usr/sbin/slurmctld ] && [ -x /usr/sbin/slurmd ] ;;
    parallel) command -v parallel >/dev/null ;;
    fonts-dejavu-core) [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] ;;
    python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    *) dpkg -s "$1" >/dev/null 2>&1 ;;
  esac
}

has_header() {
  [ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ] ||
    { command -v pkg-config >/dev/null && pkg-config --exists "$2"; }
}

# require_packages NAME...: installs those that are missing, or fails with the command that would.
require_packages() {
  local package missing=()
  for package in "$@"; do
    has_package "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local install="apt-get install -y --no-install-recommends ${missing[*]}"
  local as_root=()
  if ! command -v apt-get >/dev/null; then
    fail "missing: ${missing[*]} (Debian's names); install them with this system's package manager, then try again"
  elif [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      fail "missing system packages; install them with: sudo $install"
    fi
    as_root=(sudo -n)
  fi
  say "installing ${missing[*]}"
  local log
  log=$(mktemp)
  if ! run_apt $install >"$log" 2>&1 && ! { run_apt apt-get update && run_apt $install; } >>"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "could not install ${missing[*]}; the command was: $install"
  fi
  rm -f "$log"
}

# Another step may be installing something at the same time.
run_apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$1" -o DPkg::Lock::Timeout=120 "${@:2}" </dev/null; }

# writable_directory NAME: ROOT/NAME where this user may write there, else a directory of their own for this checkout.
writable_directory() {
  if [ -w "$root" ] && { [ ! -e "$root/$1" ] || [ -w "$root/$1" ]; }; then
    echo "$root/$1"
    return
  fi
  local cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}
  mkdir -p "$cache/aelog" 2>/dev/null && [ -w "$cache/aelog" ] || cache=$(private_directory) || exit 1
  echo "$cache/aelog/$(printf %s "$root" | cksum | cut -d' ' -f1)/${1#.}"
}

# A directory for a user without a home; refused if somebody else made it.
private_directory() {
  local directory
  directory=${TMPDIR:-/tmp}/aelog-cache-$(id -u)
  mkdir -m 700 -p "$directory" && [ -O "$directory" ] && [ ! -L "$directory" ] ||
    fail "$directory belongs to somebody else: set XDG_CACHE_HOME to a directory that can be written"
  echo "$directory"
}

# package_for SCRATCH: the checkout, or links to it where SwiftPM could not write beside the manifest.
package_for() { if [ -w "$root" ]; then echo "$root"; else linked_package "$1"; fi; }

# linked_package SCRATCH: a directory of links to all that the checkout holds.
linked_package() {
  mkdir -p "$1/package"
  local entry
  for entry in "$root"/*; do
    ln -sfn "$entry" "$1/package/${entry##*/}"
  done
  echo "$1/package"
}
