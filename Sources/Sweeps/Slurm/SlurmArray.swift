// SlurmArray.swift
// Splits a sweep's trials into job arrays, and makes the arguments with which sbatch submits one.

/// One job array. Task N trains trial `first` + N.
struct SlurmArray: Equatable {
  let name: String
  let first: Int
  /// The task numbers, in rising order, from 0.
  let tasks: [Int]

  var trials: [Int] { tasks.map { first + $0 } }

  /// A longer list of tasks becomes two arrays: the system limits the length of a word.
  private static let listLimit = 2000

  /// Returns the arrays for trials in rising order. An array's tasks are numbered below `size`, so trials far apart are in
  /// different arrays.
  static func arrays(of trials: [Int], name: String, size: Int) -> [SlurmArray] {
    var arrays: [SlurmArray] = []
    var rest = trials[...]
    while let trial = rest.first {
      let part = trial / size
      let block = rest.prefix { $0 / size == part }.prefix(listLimit)
      arrays.append(SlurmArray(name: "\(name)-\(part)", first: part * size, tasks: block.map { $0 - part * size }))
      rest = rest.dropFirst(block.count)
    }
    return arrays
  }
}

/// The parts that all job arrays of a sweep have in common.
struct SlurmJob {
  /// The sweep's absolute path.
  let sweep: String
  /// The path of aelog.
  let program: String
  let options: SlurmOptions
  /// The threads of each trial.
  let threads: Int
  let retries: Bool

  /// The folder in the sweep's directory for the batch script, the record and Slurm's output.
  static let folder = ".slurm"
  static let scriptName = "trial.sh"

  /// The batch script, the same for every sweep: everything that differs is passed as arguments, which no shell parses.
  static let script = """
    #!/bin/sh
    # One trial of a sweep, as a task of a job array.
    # PROGRAM SWEEP FIRST [OPTION...]: task N trains trial FIRST + N of SWEEP, with options of PROGRAM sweep-trial.
    program=$1 sweep=$2 trial=$(($3 + SLURM_ARRAY_TASK_ID))
    shift 3
    mkdir -p "$sweep/.trials/$trial" || exit
    output=$sweep/.trials/$trial/output
    # What another name leads to stays as it is.
    rm -f "$output" || exit
    exec "$program" sweep-trial "$sweep" "$trial" "$@" >"$output" 2>&1

    """

  /// Returns the path for Slurm's own output. Slurm expands "%" in the directory too; a backslash anywhere prevents that, and is removed.
  private func output(of array: SlurmArray) -> String {
    guard sweep.contains(where: { $0 == "%" || $0 == "\\" }) else { return "\(Self.folder)/%x.out" }
    return "\(sweep.replacing("\\", with: "\\\\"))/\(Self.folder)/\\\(array.name).out"
  }

  /// Returns the arguments with which sbatch submits an array.
  /// - Parameter jobs: the jobs that must end before.
  func arguments(for array: SlurmArray, after jobs: [Int]) -> [String] {
    let limit = options.array_limit.map { "%\($0)" } ?? ""
    var words = [
      "--parsable", "--job-name", array.name, "--array", IndexList.text(of: array.tasks) + limit, "--chdir", sweep,
      "--output", output(of: array), "--open-mode", "append", "--requeue",
      // aelog itself is the batch process: it stops at the signal, and later resumes from its checkpoint.
      "--signal", "B:TERM@30", "--ntasks", "1", "--cpus-per-task", "\(options.cpus_per_task ?? threads)",
    ]
    for (option, value) in [
      ("--partition", options.partition), ("--time", options.time), ("--mem", options.memory),
    ] {
      if let value { words += [option, value] }
    }
    if !jobs.isEmpty { words += ["--dependency", "afterany:" + jobs.map(String.init).joined(separator: ":")] }
    words += options.sbatch_args ?? []
    words += ["\(sweep)/\(Self.folder)/\(Self.scriptName)", program, sweep, "\(array.first)"]
    return words + ["--threads", "\(threads)"] + (retries ? ["--retry"] : [])
  }
}

/// The task numbers of an array in Slurm's short form: 0-3,7.
enum IndexList {
  /// - Parameter numbers: the task numbers, in rising order.
  static func text(of numbers: [Int]) -> String {
    var parts: [String] = []
    var at = 0
    while at < numbers.count {
      var end = at
      while end + 1 < numbers.count, numbers[end + 1] == numbers[end] + 1 { end += 1 }
      parts.append(end == at ? "\(numbers[at])" : "\(numbers[at])-\(numbers[end])")
      at = end + 1
    }
    return parts.joined(separator: ",")
  }
}
