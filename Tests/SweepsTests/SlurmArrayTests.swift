// SlurmArrayTests.swift
// Tests how trials are split into arrays, and the arguments that submit them.

import Testing

@testable import Sweeps

@Suite struct SlurmArrayTests {
  /// The numbers of a list as sbatch reads it.
  private func numbers(_ list: String) -> [Int] {
    list.split(separator: ",").flatMap { part -> [Int] in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      return ends.count == 2 ? Array(ends[0]...ends[1]) : ends
    }
  }

  @Test("the short form of every set of ten numbers gives them back")
  func lists() {
    for set in 0..<1024 {
      let wanted = (0..<10).filter { set >> $0 & 1 == 1 }
      let text = IndexList.text(of: wanted)
      #expect(numbers(text) == wanted)
      #expect(text.count(where: { $0 == "," }) < 5)
    }
    #expect(IndexList.text(of: [0, 1, 2, 3, 7]) == "0-3,7" && IndexList.text(of: Array(0..<1000)) == "0-999")
  }

  @Test("every trial is in one array, and no task's number is at the limit", arguments: 2...12)
  func chunks(size: Int) {
    for set in 0..<1024 {
      let trials = (0..<10).filter { set >> $0 & 1 == 1 }
      let arrays = SlurmArray.arrays(of: trials, name: "n", size: size)
      #expect(arrays.flatMap(\.trials) == trials && arrays.allSatisfy { !$0.tasks.isEmpty })
      #expect(arrays.allSatisfy { array in array.tasks.allSatisfy { (0..<size).contains($0) } })
      #expect(arrays.allSatisfy { $0.name == "n-\($0.first / size)" })
    }
  }

  @Test("the list of an array stays short enough for a word of a command")
  func long() {
    let trials = stride(from: 0, to: 100_000, by: 2).map { $0 }
    let arrays = SlurmArray.arrays(of: trials, name: "n", size: 1_000_000)
    #expect(
      arrays.flatMap(\.trials) == trials && arrays.allSatisfy { IndexList.text(of: $0.tasks).utf8.count < 16_000 })
    #expect(SlurmArray.arrays(of: Array(0..<100_000), name: "n", size: 1001).count == 100)
  }

  private func words(
    _ change: (inout SlurmOptions) -> Void = { _ in }, after: [Int] = [], retries: Bool = false,
    sweep: String = "/a b/$(x)'\n"
  ) -> [String] {
    var options = SlurmOptions()
    change(&options)
    let job = SlurmJob(
      sweep: sweep, program: "/bin/aelog", options: options, threads: 3, retries: retries)
    return job.arguments(for: SlurmArray(name: "n-2", first: 14, tasks: [0, 1, 2, 5]), after: after)
  }

  @Test("names that a shell would parse are arguments of their own")
  func hostile() throws {
    let words = words()
    let place = try #require(words.firstIndex(of: "/a b/$(x)'\n/.slurm/trial.sh"))
    #expect(Array(words[place...].dropFirst()) == ["/bin/aelog", "/a b/$(x)'\n", "14", "--threads", "3"])
    #expect(!SlurmJob.script.contains("x)"))
  }

  @Test(
    "characters that Slurm would expand in the directory's name are escaped",
    arguments: [
      ("/a b", ".slurm/%x.out"), ("/a%x", #"/a%x/.slurm/\n-2.out"#), (#"/a\b%j"#, #"/a\\b%j/.slurm/\n-2.out"#),
    ])
  func output(sweep: String, output: String) throws {
    let words = words(sweep: sweep)
    let place = try #require(words.firstIndex(of: "--output"))
    #expect(words[place + 1] == output)
    #expect(words[try #require(words.firstIndex(of: "--chdir")) + 1] == sweep)
  }

  @Test("each option is what sbatch calls it")
  func options() {
    func pair(_ name: String, _ words: [String]) -> String? {
      words.firstIndex(of: name).map { words[$0 + 1] }
    }
    let plain = words()
    #expect(pair("--array", plain) == "0-2,5" && pair("--cpus-per-task", plain) == "3" && plain.contains("--requeue"))
    #expect(pair("--signal", plain) == "B:TERM@30" && pair("--partition", plain) == nil && pair("--mem", plain) == nil)
    let full = words(
      {
        $0.partition = "gpu"
        $0.array_limit = 7
        $0.time = "1:00"
        $0.memory = "2G"
        $0.cpus_per_task = 5
        $0.sbatch_args = ["--gres=gpu:1"]
      }, after: [8, 9], retries: true)
    #expect(pair("--array", full) == "0-2,5%7" && pair("--partition", full) == "gpu" && pair("--time", full) == "1:00")
    #expect(pair("--mem", full) == "2G" && pair("--cpus-per-task", full) == "5" && full.contains("--gres=gpu:1"))
    #expect(pair("--dependency", full) == "afterany:8:9" && full.last == "--retry")
  }

  @Test(
    "options that the sweep sets, and words that are no option, are refused",
    arguments: [
      "", "-", "--", "x", "gres=1", "--array=3", "--arr=3", "-a3", "--job-name=x", "-J", "--wrap=rm", "--wait", "-W",
      "--output=x", "-o", "--chdir=/", "-D/", "--clusters=b", "-Mb", "--parsable", "--test-only", "--help", "--x\0",
    ])
  func refused(argument: String) {
    var options = SlurmOptions()
    options.sbatch_args = ["--nice", argument]
    #expect(throws: SlurmError.self) { try options.check() }
  }

  @Test(
    "other options of sbatch are passed on",
    arguments: ["--nice=3", "-A", "-pgpu", "--exclude=n1", "--account=x", "--qos=low", "--constraint=a&b", "--error=e"])
  func accepted(argument: String) throws {
    var options = SlurmOptions()
    options.sbatch_args = [argument]
    try options.check()
  }

  @Test("numbers out of range and empty words")
  func ranges() {
    for change: (inout SlurmOptions) -> Void in [
      { $0.array_limit = 0 }, { $0.cpus_per_task = 0 }, { $0.cpus_per_task = 2000 }, { $0.partition = "" },
      { $0.time = "" }, { $0.memory = "1\0" },
    ] {
      var options = SlurmOptions()
      change(&options)
      #expect(throws: SlurmError.self) { try options.check() }
    }
  }

  @Test("options given later replace those from before, one by one")
  func over() {
    var (old, new) = (SlurmOptions(), SlurmOptions())
    old.partition = "a"
    old.time = "1:00"
    new.partition = "b"
    #expect(new.over(old).partition == "b" && new.over(old).time == "1:00" && new.over(old).memory == nil)
  }
}
