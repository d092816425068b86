// HelpTests.swift
// Tests of the help texts, the version and the shell completions.

import AelogCommands
import TestSupport
import Testing

@Suite struct HelpTests {
  @Test(
    "the help of every command",
    arguments: [
      [], ["train"], ["data"], ["data", "fetch"], ["data", "preview"], ["export"], ["encode"], ["reconstruct"],
      ["inspect"],
      ["verify"],
      ["bench"], ["sweep"], ["sweep-trial"],
    ])
  func help(command: [String]) throws {
    let run = CommandRun(command + ["--help"])
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output.split(separator: "\n").allSatisfy { $0.unicodeScalars.count <= 80 })
    #expect(try snapshotDifference(run.output, (["help"] + command).joined(separator: "-")) == nil)
    #expect(CommandRun(["help"] + command).output == run.output)
  }

  @Test("without a subcommand the help comes too")
  func bare() {
    #expect(CommandRun().output == CommandRun("--help").output)
    #expect(CommandRun("data").output == CommandRun("data", "--help").output)
  }

  @Test("the version") func version() { #expect(CommandRun("--version").output == "\(Aelog.version)\n") }

  @Test("completions for every shell", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) {
    let run = CommandRun("--generate-completion-script", shell)
    #expect(run.status == 0 && run.output.contains("noise-factor") && run.output.contains("tensor-format"))
  }
}
