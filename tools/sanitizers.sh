# sanitizers.sh
# Sourced by the steps that build and test under sanitizers: which swift command, in which folder, with which options.

require_packages libprotobuf-c-dev libturbojpeg0-dev zlib1g-dev
require_swift

# under_address COMMAND...: swift under AddressSanitizer, with UndefinedBehaviorSanitizer for C and with assertions.
under_address() {
  AELOG_SANITIZER=address sanitized .build-asan "$@" --sanitize=address -Xswiftc -assert-config -Xswiftc Debug \
    -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined
}

# under_thread COMMAND...: swift under ThreadSanitizer.
under_thread() { AELOG_SANITIZER=thread sanitized .build-tsan "$@" --sanitize=thread; }

# sanitized FOLDER COMMAND...: optimized, since training and t-SNE take ten times as long otherwise.
sanitized() {
  local folder command=$2
  folder=$(writable_directory "$1")
  timeout 3600 swift "$command" --package-path "$(package_for "$folder")" --scratch-path "$folder" "${@:3}" \
    -c release -Xswiftc -enable-testing
}
