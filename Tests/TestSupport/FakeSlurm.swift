// FakeSlurm.swift
// Slurm's commands as small scripts that answer what a test wants, and note what they were asked.

import Foundation

/// A directory with sbatch, squeue, sacct, scancel and scontrol.
///
/// Files in it change what they do: `words` is what sbatch refuses with, `answer` what it prints; with `works` it runs the
/// tasks. `down` is what squeue refuses with, `past` what sacct knows.
package final class FakeSlurm {
  private let directory: TemporaryDirectory

  /// - Parameter arraySize: nil where scontrol prints something else.
  package init(arraySize: Int? = 1001) throws {
    directory = try TemporaryDirectory()
    try write(
      "config", arraySize.map { "Configuration data\nMaxArraySize            = \($0)\nMaxDBDMsgs = 0\n" } ?? "?\n")
    try write("queue", "")
    let scripts = [
      // Each call's words in a file of their own, a line each; the number of the job is that of the file.
      "sbatch": """
      if [ -e words ]; then cat words >&2; exit 1; fi
      set -- "$@"; n=1; while [ -e "batch-$n" ]; do n=$((n + 1)); done
      for word; do printf '%s\\n' "$word"; done >"batch-$n"
      if [ -e works ]; then
      \(Self.working)
      fi
      if [ -e answer ]; then cat answer; else echo "$n;here"; fi
      """,
      "squeue": "printf '%s\\n' \"$@\" >asked; if [ -e down ]; then cat down >&2; exit 1; fi; cat queue",
      "sacct": """
      echo >>accounted
      if [ -e past ]; then cat past; else echo 'Slurm accounting storage is disabled' >&2; exit 1; fi
      """,
      "scancel": "echo \"$@\" >>cancelled", "scontrol": "cat config",
    ]
    try Scripts.install(
      scripts.map { name, body in
        (name, "#!/bin/sh\nPATH=/usr/bin:/bin\ncd '\(directory.path)' || exit 9\n\(body)\n")
      }, in: directory.path)
  }

  /// Runs all tasks of the array whose words these are, one after the other; they are in the queue until the last ends.
  private static let working = """
    while [ "$1" != --array ]; do [ "$1" = --job-name ] && name=$2; shift; done
    tasks=$(echo "${2%\\%*}" | tr , '\\n' | while IFS=- read a b; do seq "$a" "${b:-$a}"; done)
    while [ "$#" -gt 0 ] && [ "${1%/trial.sh}" = "$1" ]; do shift; done
    for task in $tasks; do echo "$n|$task|RUNNING|0|$name|None|"; done >>queue
    (
      for task in $tasks; do SLURM_ARRAY_TASK_ID=$task sh "$@"; done
      : >queue
    ) </dev/null >/dev/null 2>&1 &
    """

  /// The directory with the commands, and with none of a real Slurm.
  package var path: String { directory.path }

  /// Writes a file that the commands read.
  package func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: directory.file(name)))
  }

  /// Replaces a command.
  package func replace(_ name: String, _ script: String) throws {
    try Scripts.install([(name, "#!/bin/sh\nPATH=/usr/bin:/bin\n\(script)\n")], in: directory.path)
  }

  package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: directory.file(name)) }

  /// The lines of a file; nil where there is none.
  package func lines(_ name: String) -> [String]? {
    guard let data = FileManager.default.contents(atPath: directory.file(name)) else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
  }

  /// Sets the queue's answer from now on.
  package func queue(
    _ tasks: [(job: Int, array: String, task: Int, state: String, status: Int)], reason: String = "None"
  )
    throws
  {
    try write(
      "queue",
      tasks.map { "\($0.job)|\($0.task)|\($0.state)|\($0.status)|\($0.array)|\(reason)|\n" }.joined())
  }
}
