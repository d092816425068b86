// ForkTests.swift
// Tests of a forked process whose parent is busy.

import TestSupport
import Testing

/// Not for the thread sanitizer: with it Swift's runtime takes a lock wherever a global is used, and nothing frees it in the
/// child of a fork.
struct ForkTests {
  @Test func aChildReplacesFilesWhateverItsParentWasReplacing() throws {
    try withTemporaryDirectory { directory in
      let ending = try BuiltProgram(["fork-while-writing", "run"], program: "logging-process", in: directory).wait()
      #expect(ending.output == "files of children: 200\n" && ending.status == 0, "\(ending)")
    }
  }
}
