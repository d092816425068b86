// main.swift
// aelog, except that `sweep-trial` trains nothing: it writes the files of a short run. `sweep` is the real one and runs these.

import AelogCommands

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

let arguments = CommandLine.arguments
if arguments.count > 3, arguments[1] == "sweep-trial", let index = Int(arguments[3]) {
  do {
    try StandIn(sweep: arguments[2], index: index).run()
  } catch {
    print("error: \(error)")
    exit(1)
  }
} else {
  StandardDescriptors.fillGaps()
  StopSignals.ignoreWriteSignals()
  exit(Aelog.run(on: .standard(commandLine: arguments)))
}
