# workspace.sh
# Sourced by tools/test and the scripts in tools/steps: the directories that steps share, and functions that build what they need.
#
#   AELOG        a built program that a step tries, instead of one that it builds
#   AELOG_WORK   the directory with the results of the steps so far; tools/test sets it, a step alone makes a temporary one

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"
. tools/prerequisites.sh

skip_status=77
scratch=$(writable_directory .build)
venv=$(writable_directory .venv-tensorboard)
interop=$(writable_directory .venv-interop)
if [ -z "${AELOG_WORK:-}" ]; then
  AELOG_WORK=$(mktemp -d)
  trap 'rm -rf "$AELOG_WORK"' EXIT
  trap 'exit 130' INT TERM
fi
export AELOG_WORK
work=$AELOG_WORK logdir=$AELOG_WORK/runs

mkdir -p "$work/passed"

# has_passed STEP: whether a step has passed in this workspace.
has_passed() { [ -e "$work/passed/$1" ]; }

# require_step STEP: runs a step whose results are missing.
require_step() { has_passed "$1" || { "tools/steps/$1" && touch "$work/passed/$1"; }; }

swift_build() {
  require_packages libprotobuf-c-dev libturbojpeg0-dev zlib1g-dev
  require_swift
  package=$(package_for "$scratch")
  swift build --package-path "$package" --scratch-path "$scratch" -c release -Xswiftc -enable-testing "$@"
}

# require_program: sets `aelog` to the program of this build.
require_program() {
  aelog=${AELOG:-$scratch/release/aelog}
  [ -n "${AELOG:-}" ] || has_passed build || swift_build --product aelog
}

# require_installed_program: sets `aelog` to the program that users run.
require_installed_program() {
  aelog=${AELOG:-$root/tools/aelog}
  "$aelog" --version  # which builds tools/aelog
}

# require_venv [DIRECTORY REQUIREMENTS]: makes a Python environment, again when its requirements change; TensorBoard's by default.
# A second caller waits while the first one makes it.
require_venv() {
  local directory=${1:-$venv} wanted=$root/${2:-tools/tensorboard-requirements.txt}
  (
    set -e
    flock 9
    cmp -s "$wanted" "$directory/requirements.txt" && exit
    require_packages python3-venv
    say "making $directory"
    rm -rf "$directory"
    python3 -m venv "$directory"
    "$directory/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"
    cp "$wanted" "$directory/requirements.txt"
  ) 9>"$work/$(basename "$directory").lock"
}

# conformance COMMAND ARGUMENTS...: tools/conformance in its environment.
conformance() { timeout 1500 "$venv/bin/python" tools/conformance "$@"; }

# tests_in LOG: the number of tests that Swift Testing says it ran.
tests_in() {
  local count
  count=$(sed -nE 's/.*Test run with ([0-9]+) tests?.*(passed|failed) after.*/\1/p' "$1" | tail -n 1)
  echo "${count:-0}"
}
