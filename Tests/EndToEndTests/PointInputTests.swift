// PointInputTests.swift
// Points from standard input, and files of which the program asks for an option.

import Foundation
import TestSupport
import Testing

@Suite struct PointInputTests {
  @Test("points come from standard input, of any kind, with a name") func standardInput() throws {
    try withTemporaryDirectory { directory in
      try Data("v\n\"[1,2]\"\n\"[3,4]\"\n\"[5,7]\"\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/p.csv"))
      let want = "  embedding    3 points, 2 numbers each, as text"
      for (shell, more) in [
        ("cat p.csv | exec \"$@\"", "--format csv"), ("exec \"$@\" < p.csv", ""),
        ("gzip < p.csv | exec \"$@\"", "--format csv"),
        ("printf '[1,2]\\n[3,4]\\n[5,6]\\n' | exec \"$@\"", "--format jsonl"),
        ("printf '3 2\\na 1 2\\nb 3 4\\nc 5 6\\n' | exec \"$@\"", "--format word2vec"),
      ] {
        let arguments =
          ["export", "--tensors", "-", "--logdir", "runs", "--name", "x"] + more.split(separator: " ").map(String.init)
        let run = try BuiltProgram.run(arguments, in: directory, shell: shell)
        #expect(run.status == 0 && run.lines[0] == want, "\(shell): \(run)")
      }
      let unnamed = try BuiltProgram.run(["export", "--tensors", "-", "--logdir", "runs"], in: directory)
      #expect(unnamed.isRefusal(mentioning: "--tensors - wants --name"), "\(unnamed)")
      let wrong = try BuiltProgram.run(
        ["export", "--tensors", "p.csv", "--format", "xls", "--logdir", "runs"], in: directory)
      #expect(wrong.isRefusal(mentioning: "--format: got \"xls\", want one of npy, npz"), "\(wrong)")
    }
  }
}
